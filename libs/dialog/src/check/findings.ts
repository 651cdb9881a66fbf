import type { Fault } from '../definition/faults.js';
import type { Dialog, Position, Step } from '../definition/model.js';

/** An action that is loaded; without `outcomes` any outcome may come. */
export interface KnownAction {
  readonly name: string;
  readonly outcomes?: readonly string[];
}

/** What the checks of size and time go by; the defaults are the tightest network's. */
export interface CheckLimits {
  /** Septets of one screen; 160. */
  readonly septets?: number;
  /** How long a USSD session may last in all; 180. */
  readonly sessionSeconds?: number;
}

/** The faults and warnings found so far. */
export class Findings {
  readonly faults: Fault[] = [];

  fault(dialog: Dialog, at: Position, code: string, message: string, hint: string): void {
    this.#add('fault', dialog, at, code, message, hint);
  }

  warn(dialog: Dialog, at: Position, code: string, message: string, hint: string): void {
    this.#add('warning', dialog, at, code, message, hint);
  }

  #add(severity: Fault['severity'], dialog: Dialog, at: Position, code: string, message: string, hint: string): void {
    const { line, column } = at;
    this.faults.push({ file: dialog.file, line, column, message, hint, severity, code });
  }
}

/** Where a part of a step stands; the step itself where that is not known. */
export function placeOf(step: Step, path: string): Position {
  return step.places?.get(path) ?? step.at;
}

/** Where a part of the file stands; its beginning where that is not known. */
export function placeIn(dialog: Dialog, path: string): Position {
  return dialog.places?.get(path) ?? dialog.places?.get(path.split('.')[0] ?? '') ?? { line: 1, column: 1 };
}

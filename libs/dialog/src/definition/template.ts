import { LiquidError } from 'liquidjs';
import type { Template as LiquidNodes } from 'liquidjs';
import type { Scope, Template, VariablePath } from '../values.js';
import { didYouMean } from './faults.js';
import { asText, filterNames, liquid, parseLimit } from './liquid-engine.js';
import { lookUp } from './look-up.js';

/** A template took more time, memory or steps than one screen may. */
export class TemplateLimit extends Error {
  override readonly name = 'TemplateLimit';
}

/** A template that parses but cannot be rendered, such as a text filter on a map. */
export class TemplateFailed extends Error {
  override readonly name = 'TemplateFailed';
}

/** A text is no Liquid template; `offset` is where in the text. */
export class TemplateSyntax extends Error {
  override readonly name = 'TemplateSyntax';
  constructor(
    message: string,
    readonly hint: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/**
 * Parses a Liquid template.
 * @throws TemplateSyntax
 */
export function parseTemplate(source: string): Template {
  if (!source.includes('{{') && !source.includes('{%')) return { source, reads: [], render: () => source };
  const pieces = plainPieces(source);
  if (pieces !== undefined) return piecesTemplate(source, pieces);
  return liquidTemplate(source, parseLiquid(source));
}

type Piece = string | VariablePath;

const name = '[A-Za-z_][A-Za-z0-9_]*';
const plainOutput = new RegExp(`\\{\\{ *(${name}(?:\\.${name})*) *\\}\\}`);
const liquidWords = new Set(['true', 'false', 'nil', 'null', 'empty', 'blank', 'size', 'first', 'last']);

/** The text cut at outputs such as `{{ price.amount }}`; undefined where there is anything that needs Liquid. */
function plainPieces(source: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (const [index, part] of source.split(plainOutput).entries()) {
    if (index % 2 === 0) {
      if (part.includes('{{') || part.includes('{%')) return undefined;
      if (part !== '') pieces.push(part);
      continue;
    }
    const path = part.split('.');
    if (path.some((member) => liquidWords.has(member))) return undefined;
    pieces.push(path);
  }
  return pieces;
}

/** The path of a template that is one `{{ path }}` and nothing else. */
export function singlePath(source: string): VariablePath | undefined {
  const pieces = plainPieces(source.trim());
  const only = pieces?.length === 1 ? pieces[0] : undefined;
  return typeof only === 'object' ? only : undefined;
}

function piecesTemplate(source: string, pieces: readonly Piece[]): Template {
  const render = (scope: Scope): string => {
    let text = '';
    for (const piece of pieces) text += typeof piece === 'string' ? piece : asText(lookUp(scope, piece));
    return text;
  };
  return { source, reads: pieces.filter((piece): piece is VariablePath => typeof piece === 'object'), render };
}

function parseLiquid(source: string): LiquidNodes[] {
  try {
    return liquid.parse(source);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw syntaxFault(error, source);
  }
}

function syntaxFault(error: Error, source: string): TemplateSyntax {
  const message = error.message.replace(/, line:\d+, col:\d+$/, '');
  const offset = LiquidError.is(error) ? error.token.begin : 0;
  const filter = /^undefined filter: (.+)$/.exec(message)?.[1];
  if (filter !== undefined)
    return new TemplateSyntax(`There is no filter "${filter}".`, didYouMean(filter, filterNames), offset);
  const tag = /^tag "(.*)" not found$/.exec(message)?.[1];
  if (tag !== undefined) {
    return new TemplateSyntax(`There is no tag "${tag}".`, didYouMean(tag, Object.keys(liquid.tags)), offset);
  }
  if (source.length > parseLimit) {
    return new TemplateSyntax('The text is too long.', `Keep it under ${parseLimit} characters.`, 0);
  }
  return new TemplateSyntax(
    `The template cannot be read: ${message}.`,
    'Write {{ name }} or {{ name | filter }}.',
    offset,
  );
}

function liquidTemplate(source: string, nodes: LiquidNodes[]): Template {
  const reads = liquid
    .globalVariableSegmentsSync(nodes, { partials: false })
    .map((segments) => segments.filter((segment) => !Array.isArray(segment)).map(String));
  const render = (scope: Scope): string => {
    try {
      return String(liquid.renderSync(nodes, scope.values));
    } catch (error) {
      const missing = missingName(error);
      if (missing === undefined) throw renderFault(error, source);
      scope.missing(missing);
    }
    try {
      return String(liquid.renderSync(nodes, scope.values, { strictVariables: false }));
    } catch (error) {
      throw renderFault(error, source);
    }
  };
  return { source, reads, render };
}

function missingName(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'UndefinedVariableError') return undefined;
  return /^undefined variable: (.*?)(, line:\d+, col:\d+)?$/s.exec(error.message)?.[1];
}

function renderFault(error: unknown, source: string): Error {
  const message = error instanceof Error ? error.message : 'unknown';
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  if (message.includes('limit exceeded')) return new TemplateLimit(`${message} in "${shown}"`, { cause: error });
  return new TemplateFailed(`${message} in "${shown}"`, { cause: error });
}

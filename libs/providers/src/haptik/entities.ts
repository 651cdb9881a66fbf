import { asText, emptyRecord, isRecord } from '@app/provider-kit';
import type { Fields } from '@app/provider-kit';

/** What Haptik found in a conversation, as texts. */
export interface HaptikEntities {
  /** The first value of each entity. */
  readonly entities: Readonly<Record<string, string>>;
  readonly allEntities: Readonly<Record<string, readonly string[]>>;
  /** What the person wrote: the original text, else the value, of the first entity that was found in a message. */
  readonly message: string | undefined;
}

/**
 * Reads the entities of a node call: name → list of `{detection, original_text, entity_value}`. An entity that was
 * not found is null; newer pages write a value as `{"value": …}`; a single entry may stand without its list.
 */
export function readEntities(found: Fields | undefined): HaptikEntities {
  const entities = emptyRecord<string>();
  const allEntities = emptyRecord<readonly string[]>();
  let message: string | undefined;
  for (const name of Object.keys(found ?? {})) {
    const entries = entriesOf(found?.[name]);
    message ??= entries.map(messageOf).find((said) => said !== undefined);
    const values = entries.map(valueOf).filter((value) => value !== undefined);
    if (values[0] === undefined) continue;
    entities[name] = values[0];
    allEntities[name] = values;
  }
  return { entities, allEntities, message };
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function messageOf(entry: unknown): string | undefined {
  if (!isRecord(entry) || entry.detection !== 'message') return undefined;
  return asText(entry.original_text) ?? valueOf(entry);
}

function valueOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return asText(entry);
  const { entity_value: value } = entry;
  return (isRecord(value) ? asText(value.value) : asText(value)) ?? asText(entry.original_text);
}

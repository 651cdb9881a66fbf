import { emptyRecord, type Fields } from '@app/provider-kit';

const masked = '•••';
const keyFields: ReadonlySet<string> = new Set(['dtmfdigits', 'digits']);

/** The payload once more without the keys that were pressed: they may be a PIN, and nobody can tell any more. */
export function withoutKeys(raw: Fields): Fields {
  const copy = emptyRecord<unknown>();
  for (const [name, value] of Object.entries(raw)) {
    const isPressed = keyFields.has(name.toLowerCase()) && value !== '' && value !== null;
    copy[name] = isPressed ? masked : value;
  }
  return copy;
}

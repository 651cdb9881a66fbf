import { rangeFault } from '@app/provider-kit';
import type { Word } from './config-source.js';
import type { Section } from './section.js';

/** The valid ranges of a list; the others become faults. */
export function readRanges(section: Section, key: string): readonly string[] {
  const isValid = (word: Word): boolean => {
    const fault = rangeFault(word.text);
    if (fault !== undefined) section.source.fault(word.at, fault, 'such as 196.201.212.0/22 or 10.0.0.1');
    return fault === undefined;
  };
  return (section.list(key) ?? []).filter(isValid).map(({ text }) => text);
}

import { describe, expect, it } from '@jest/globals';
import { environmentLookUp } from './variables.js';
import { readConfiguration, type ConfigurationReading } from './configuration.js';

function read(text: string): ConfigurationReading {
  return readConfiguration('ongea.yaml', text, {
    lookUp: environmentLookUp({}, () => ''),
    providers: [],
    production: false,
  });
}

describe('faults of a forward', () => {
  it.each([
    ['forwards: [{ id: a, on: [call-reports], url: "http://x" }]', '1:26 nothing is called "call-reports"'],
    ['forwards: [{ id: a, on: [], url: "http://x" }]', '1:25 a forward needs events'],
    ['forwards: [{ id: a, on: [call-report], url: x }]', '1:45 the url of a forward is http or https'],
    [
      'forwards: [{ id: a, on: [call-report], url: "file:///etc/passwd" }]',
      '1:45 the url of a forward is http or https',
    ],
    ['forwards: [{ id: a, on: [call-report], url: "http://{{ to }}/" }]', '1:45 the url of a forward is http or https'],
    [
      'forwards: [{ id: a, on: [call-report], url: "http://a:b@x.example/" }]',
      '1:45 the url of a forward holds a user',
    ],
    ['forwards: [{ id: a, on: [call-report], url: "http://a@x.example/{{ id }}" }]', '1:45 the url of a forward holds'],
    ['forwards: [{ id: a, on: [call-report], url: "http://127.0.0.256/" }]', '1:45 the url of a forward is no address'],
    [
      'forwards: [{ id: a, on: [call-report], url: "http://x:99999/{{ id }}" }]',
      '1:45 the url of a forward is no address',
    ],
    ['forwards: [{ id: a, on: [call-report], url: "http://x/{% if id %}" }]', '1:45 the url of a forward takes {{'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x/{{ id | up }}" }]', '1:45 There is no filter "up".'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", when: to.matches("a") }]', '1:63 `matches` has no'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", when: "to =" }]', '1:63 The condition cannot be read'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", fields: { a: "{{ id" } }]', '1:65 The template cannot'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", headers: { Host: y } }]', '1:68 a forward cannot set'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", headers: { "a b": y } }]', '1:68 "a b" is no name'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", body: form }]', '1:63 a forward whose body is a form'],
    ['forwards: [{ id: a, on: [call-report], url: "http://x", secret: whsec_no }]', '1:65 behind whsec_'],
    ['forwards: [{ id: A b, on: [call-report], url: "http://x" }]', '1:18 the id of a forward is of'],
    [
      'forwards: [{ id: a, on: [call-report], url: "http://x" }, { id: a, on: [call-report], url: "http://x" }]',
      '1:65 another forward has the id "a"',
    ],
  ])('%s', (text, expected) => {
    const [fault] = read(text).faults;
    expect(`${String(fault?.line)}:${String(fault?.column)} ${fault?.message ?? ''}`).toContain(expected);
  });

  it.each([
    ['url: "http://x"', 'nothing signs what the forward "a" sends'],
    ['url: "http://x", secret: short', 'less than 24 bytes'],
    ['url: "http://x/{{ form }}"', 'url reads "form", which no record has'],
    ['url: "http://x", fields: { a: "{{ raw.x }}" }', 'fields reads "raw", which is left out without allowPersonal'],
  ])('of a forward may be no more than warnings: %s', (text, expected) => {
    const reading = read(`forwards: [{ id: a, on: [call-report], ${text} }]`);
    expect(reading.faults).toEqual([]);
    expect(reading.warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining(expected));
  });
});

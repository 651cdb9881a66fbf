import { isScalar } from 'yaml';
import type { Template, ValueTemplate } from '../values.js';
import { entriesOf, type Fields } from './fields.js';
import type { CallStep, HttpStep, SmsStep } from './model.js';
import { httpOutcome, requiredOutcomes } from './read-outcomes.js';
import { readTemplate, requiredText, templateAt } from './read-text.js';
import { readAssignments, readValue } from './read-values.js';
import { timeoutOf, type StepHead } from './step-head.js';

const methods: readonly HttpStep['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Reads a `call`; whether the action exists is a matter for the checks. */
export function readCall(fields: Fields, head: StepHead): CallStep | undefined {
  fields.allow(['call', 'with', 'timeout', 'save', 'late', 'go']);
  fields.required('call', 'Name the action, for instance "prices.lookup".');
  const [action, go] = [fields.name('call', 'action'), requiredOutcomes(fields)];
  const [values, timeoutMs, save] = [readAssignments(fields, 'with', true), timeoutOf(fields), fields.variable('save')];
  const late = fields.oneOf('late', ['sms'] as const);
  if (action === undefined || go === undefined) return undefined;
  return {
    ...head,
    kind: 'call',
    action,
    with: values,
    timeoutMs,
    ...(save !== undefined && { save }),
    ...(late && { late }),
    go,
  };
}

/** Reads an `http` step; a GET may have no body. */
export function readHttp(fields: Fields, head: StepHead): HttpStep | undefined {
  fields.allow(['http', 'method', 'headers', 'body', 'timeout', 'save', 'go']);
  fields.required('http', 'Write the address, for instance "https://api.example.com/prices".');
  const url = urlOf(fields);
  const method = fields.oneOf('method', methods) ?? 'GET';
  const [headers, body, timeoutMs] = [headersOf(fields), bodyOf(fields, method), timeoutOf(fields)];
  const [save, go] = [fields.variable('save'), requiredOutcomes(fields, httpOutcome)];
  if (url === undefined || go === undefined) return undefined;
  return {
    ...head,
    kind: 'http',
    url,
    method,
    headers,
    ...(body && { body }),
    timeoutMs,
    ...(save !== undefined && { save }),
    go,
  };
}

/** Reads an `sms`; without `to` it goes to the caller. */
export function readSms(fields: Fields, head: StepHead): SmsStep | undefined {
  fields.allow(['sms', 'to', 'go']);
  const [text, to, go] = [requiredText(fields, 'sms'), templateAt(fields, 'to'), fields.requiredStep('go')];
  return text && go !== undefined ? { ...head, kind: 'sms', text, ...(to && { to }), go } : undefined;
}

function urlOf(fields: Fields): Template | undefined {
  const url = templateAt(fields, 'http');
  if (url === undefined || /^(https?:\/\/[^/\s]|\{\{)/.test(url.source)) return url;
  const hint = 'Begin with https:// and the host.';
  fields.reader.fault(fields.value('http') ?? fields.node, 'bad-url', `"${url.source}" is not an http address.`, hint);
  return undefined;
}

function headersOf(fields: Fields): ReadonlyMap<string, Template> {
  const headers = new Map<string, Template>();
  const map = fields.map('headers', 'Write "headers: { name: value }".');
  for (const [name, keyNode, node] of map ? entriesOf(map, fields.reader) : []) {
    fields.place(`headers.${name}`, node ?? keyNode);
    const template = node && isScalar(node) ? readTemplate(fields.reading, node, keyNode) : undefined;
    if (!/^[A-Za-z0-9-]+$/.test(name)) {
      fields.reader.fault(keyNode, 'bad-header', `"${name}" cannot name a header.`, 'Use letters, digits and -.');
    } else if (template) headers.set(name, template);
    else if (!isScalar(node))
      fields.reader.fault(node ?? keyNode, 'not-a-text', 'A header must be one text.', 'Write it in quotes.');
  }
  return headers;
}

function bodyOf(fields: Fields, method: HttpStep['method']): ValueTemplate | undefined {
  const node = fields.value('body');
  if (node === undefined) return undefined;
  if (method === 'GET') {
    fields.reader.fault(fields.keyNode('body'), 'get-with-body', 'A GET has no body.', 'Add "method: POST".');
  }
  return readValue(fields.reading, node);
}

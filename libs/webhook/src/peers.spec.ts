import { describe, expect, it } from '@jest/globals';
import { Peers } from './peers.js';

describe('the true peer (#52)', () => {
  it.each([
    ['nobody is trusted', [], '10.0.0.1', '203.0.113.9', '10.0.0.1'],
    ['the connection is no proxy', ['10.0.0.0/8'], '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['the proxy names it', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the caller invented one before it', ['10.0.0.0/8'], '10.0.0.1', '192.0.2.1, 203.0.113.9', '203.0.113.9'],
    ['the caller invented a proxy', ['10.0.0.0/8'], '10.0.0.1', '192.0.2.1, 10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['two proxies stand between', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['only proxies are named', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['the proxy names none', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
    ['the proxy comes mapped into IPv6', ['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the proxy is IPv6', ['fd00::/8'], 'fd00::1', '[2001:db8::7]:443', '2001:db8::7'],
    ['ports are written', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.9:50000', '203.0.113.9'],
    ['the socket is gone', ['10.0.0.0/8'], undefined, '203.0.113.9', undefined],
  ])('is found where %s', (_name, trusted, remote, forwardedFor, peer) => {
    expect(new Peers(trusted).peerOf(remote, forwardedFor)).toBe(peer);
  });
});

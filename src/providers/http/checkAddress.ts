import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Failure } from '../../lib/failure.ts';
import { isPublicAddress } from '../../lib/publicAddress.ts';

/** All addresses of a name, in the order in which they are tried. Throws what `dns.lookup` throws. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface AddressRules {
  /** Addresses of this machine and of private networks too. */
  readonly allowPrivateUrls: boolean;
  readonly resolve: Resolve;
}

export const resolveName: Resolve = async (hostname) =>
  process.getBuiltinModule('node:dns').promises.lookup(hostname, { all: true, order: 'verbatim' });

/**
 * Resolves the name in a URL, once, and gives the lookup with which a connection goes to what was found and nowhere else. Throws an
 * invalidParams where one of its addresses is none of the internet: a name that has one of each could give the other next time.
 */
export async function checkAddress(url: URL, { allowPrivateUrls, resolve }: AddressRules, signal: AbortSignal): Promise<LookupFunction> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const family = process.getBuiltinModule('node:net').isIP(hostname);
  const addresses = family === 0 ? await orAborted(resolve(hostname), signal) : [{ address: hostname, family }];
  const forbidden = allowPrivateUrls ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
  if (forbidden !== undefined || addresses.length === 0) throw notPublic(url, forbidden?.address ?? 'nowhere');
  return pinned(hostname, addresses);
}

/** For the name that was checked the addresses that were found then. A proxy has another name, and is the operator's choice. */
function pinned(checked: string, addresses: readonly LookupAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    if (hostname !== checked) {
      process.getBuiltinModule('node:dns').lookup(hostname, options, callback);
      return;
    }
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    const fitting = addresses.filter((one) => family === 0 || one.family === family);
    const [first] = fitting;
    if (first === undefined) callback(Object.assign(new Error(`${hostname} has no such address`), { code: 'ENOTFOUND' }), '', 0);
    else if (options.all === true) callback(null, [...fitting]);
    else callback(null, first.address, first.family);
  };
}

function notPublic(url: URL, address: string): Failure {
  const where = address === url.hostname.replace(/^\[|\]$/g, '') ? 'which is' : `which is at ${address},`;
  const message =
    `The attachment at ${url.origin}${url.pathname} is on ${url.hostname}, ${where} no address of the internet, and is not fetched. ` +
    'Give its content as data, or set attachments.allow_private_urls: true in the configuration.';
  return new Failure('invalidParams', message, {
    issues: [{ path: 'attachments', message }],
    required: { setting: 'attachments.allow_private_urls' },
  });
}

/** A lookup of the operating system cannot be stopped, only no longer waited for. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

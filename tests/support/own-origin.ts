/** Origins without a past on one server, so that tests in one browser find no storage of each other's. */

let used = 0;

/** The same page under an origin that nobody asked for before: `*.localhost` is this machine, and secure. */
export function ownOrigin(address: string): string {
  const url = new URL(address);
  url.hostname = `origin-${++used}.localhost`;
  return url.href;
}

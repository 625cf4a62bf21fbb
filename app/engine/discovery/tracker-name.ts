/**
 * The name of a tracker is its host and port, which is all that is logged and shown of its address. The rest of the
 * address may hold a key of the person (a passkey) and their password, in its path or in its query.
 */

/** The shortest part of an address that is hidden. Shorter ones are no keys, and are found within ordinary words. */
const SECRET_LENGTH = 6;

/** The host and port of an address; "" where there are none. Lenient: it reads what URL does not. */
export function trackerHost(url: string): string {
  return /^\w+:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1] ?? "";
}

/**
 * A text of the tracker at `url`, such as its refusal, without its address: trackers quote the address that they were
 * asked at, or parts of it.
 */
export function withoutAddress(text: string, url: string): string {
  const told = text.replace(/\b\w+:\/\/[^\s"'<>]+/g, (address) => trackerHost(address));
  const host = trackerHost(url);
  const start = url.indexOf(host) + host.length;
  const account = /^\w+:\/\/([^/?#@]*)@/.exec(url)?.[1] ?? "";
  // The names of a query's values are no secrets.
  const rest = url.slice(start).replace(/[?&;][^=&;?]*=/g, "&");
  const parts = `${account}/${rest}`.split(/[/?&#:;]+/).flatMap((part) => [part, decoded(part)]);
  const secrets = parts.filter((part) => part.length >= SECRET_LENGTH && part !== "announce");
  // The longest first, because one may hold another.
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((hidden, part) => hidden.replaceAll(part, "…"), told);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

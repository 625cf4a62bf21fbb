/**
 * The receivers of an announce are the peers that its offers are handed to: a different peer for each offer, drawn at
 * random. Pure.
 */

/** Up to this many peers all are looked at; in larger swarms as many are drawn per offer. */
const DRAWS_PER_OFFER = 4;

/**
 * Draws up to `count` different peers from the groups together, uniformly, among those that `canReceive`. It is
 * asked at most once per peer, and only while more are needed, so it may count. In a large swarm where most
 * cannot receive, fewer are found: the effort per offer stays bounded.
 */
export function pickReceivers<Peer>(
  groups: readonly (readonly Peer[])[],
  count: number,
  random: () => number,
  canReceive: (peer: Peer) => boolean,
): Peer[] {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const draws = Math.min(total, count * DRAWS_PER_OFFER);
  const picked: Peer[] = [];
  // A Fisher–Yates shuffle of 0..total-1 of which only the swapped places are written down.
  const swapped = new Map<number, number>();
  for (let place = 0; place < draws && picked.length < count; place++) {
    const other = place + Math.floor(random() * (total - place));
    const drawn = swapped.get(other) ?? other;
    swapped.set(other, swapped.get(place) ?? place);
    const peer = at(groups, drawn);
    if (canReceive(peer)) picked.push(peer);
  }
  return picked;
}

function at<Peer>(groups: readonly (readonly Peer[])[], index: number): Peer {
  let rest = index;
  for (const group of groups) {
    const peer = group[rest];
    if (peer !== undefined) return peer;
    rest -= group.length;
  }
  throw new RangeError(`no peer has index ${index}`);
}

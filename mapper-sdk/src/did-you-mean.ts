/**
 * Returns `; did you mean "x"?` for the candidate nearest to `given`, or the empty string when none is near.
 * Near: at most a third of the letters differ (Damerau-Levenshtein, ignoring case), or one contains the other.
 */
export function didYouMean(given: string, candidates: readonly string[]): string {
  const best = nearest(given, candidates);
  return best === undefined ? "" : `; did you mean "${best}"?`;
}

/** Nobody mistypes a longer name; comparing takes time that grows with both lengths, and `given` may come from the network. */
const longest = 256;

/** The candidate nearest to `given`, or undefined when none is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  if (given.length > longest) return undefined;
  const wanted = given.toLowerCase();
  const same = candidates.find((candidate) => candidate.toLowerCase() === wanted);
  if (same !== undefined) return same;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    if (other.length > longest) continue;
    const contained = wanted.length > 2 && (other.includes(wanted) || (other.length > 2 && wanted.includes(other)));
    // Each letter that one has more than the other is an edit.
    if (!contained && Math.abs(wanted.length - other.length) > limit) continue;
    const distance = contained ? 1 : editDistance(wanted, other);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
    if (best?.distance === 1) break;
  }
  return best?.candidate;
}

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] as number) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] as number;
}

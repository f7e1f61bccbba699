const SECOND_MS = 1_000;

/** What is due at an instant, in buckets of a second: moving and removing one costs the same, however many there are. */
export class DueTimes<T> {
  private readonly buckets = new Map<number, Set<T>>();
  private readonly bucketOf = new Map<T, number>();

  /** Due at this instant of the wall clock, or up to a second later. */
  set(item: T, at: number): void {
    this.delete(item);
    // Also NaN: it is due at once.
    const bucket = at < Infinity ? Math.ceil(at / SECOND_MS) : at === Infinity ? Infinity : 0;
    const items = this.buckets.get(bucket);
    if (items) items.add(item);
    else this.buckets.set(bucket, new Set([item]));
    this.bucketOf.set(item, bucket);
  }

  delete(item: T): void {
    const bucket = this.bucketOf.get(item);
    if (bucket === undefined) return;
    this.bucketOf.delete(item);
    const items = this.buckets.get(bucket)!;
    items.delete(item);
    if (items.size === 0) this.buckets.delete(bucket);
  }

  /** Takes out what is due by now. */
  take(now: number): T[] {
    const due: T[] = [];
    for (const [bucket, items] of this.buckets) if (bucket * SECOND_MS <= now) due.push(...items);
    for (const item of due) this.delete(item);
    return due;
  }
}

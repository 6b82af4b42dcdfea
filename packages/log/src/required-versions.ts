import { ConfigError } from "@hybrid/kernel";
import type { JoinOptions, WaitingPartition } from "./port.ts";

const isVersion = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The version that a worker joins with. Throws ConfigError for one that is no whole number from 0. */
export const versionOf = (service: string, { version = 0 }: JoinOptions): number => {
  if (!isVersion(version))
    throw new ConfigError(`consumer group ${service}`, [
      `its workers' version must be a whole number from 0, but is ${version}`,
    ]);
  return version;
};

/** What a group knows of the versions that its partitions need; such knowledge only grows. */
export class RequiredVersions {
  readonly #partitions: number;
  readonly #needs = new Map<number, number>();

  /** Of a group with partitions 0 to `partitions` - 1. */
  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  /** The least version of a worker that may have the partition; 0 when nothing is known. */
  readonly of = (partition: number): number => this.#needs.get(partition) ?? 0;

  /** Notes what was said of one of our own partitions. Throws RangeError for what cannot be. */
  require(partition: number, version: number): void {
    if (!Number.isSafeInteger(partition) || partition < 0 || partition >= this.#partitions)
      throw new RangeError(`there is no partition ${partition} among ${this.#partitions}`);
    if (!isVersion(version)) throw new RangeError(`${version} is no version: a whole number from 0`);
    this.#raise(partition, version);
  }

  /** Takes over what others know; what is said of partitions that we do not have is left out. */
  learn(needs: ReadonlyMap<number, number>): void {
    for (const [partition, version] of needs)
      if (partition < this.#partitions) this.#raise(partition, version);
  }

  /** All that is known, by partition. */
  all(): ReadonlyMap<number, number> {
    return new Map(this.#needs);
  }

  /** Partitions that no worker up to version `newest` can have, ascending. */
  beyond(newest: number): readonly WaitingPartition[] {
    return [...this.#needs]
      .filter(([, needs]) => needs > newest)
      .map(([partition, needs]) => ({ partition, needs, newest }))
      .sort((a, b) => a.partition - b.partition);
  }

  #raise(partition: number, version: number): void {
    if (version > this.of(partition)) this.#needs.set(partition, version);
  }
}

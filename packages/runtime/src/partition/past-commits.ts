import type { EpochMs } from "@hybrid/kernel";
import type { CheckpointEntry, OutgoingRecord, OwnedPartition, Position } from "@hybrid/log";
import type { ServiceFrame } from "../frame.ts";
import { entryBytes, outputBytes } from "../step/sizes.ts";
import type { CommitBound } from "./commit-bound.ts";

/** What sealing what has been is done with. */
export interface PastPlace {
  readonly frame: ServiceFrame;
  readonly owned: OwnedPartition;
  readonly bound: CommitBound;
  /** The partition's time, which every record gets. */
  readonly at: EpochMs;
}

/**
 * Writes what was sealed, in commits of bounded size. No step is taken: states say what they said, under the
 * same numbers, so the journal has nothing to add.
 */
export class PastCommits {
  readonly #place: PastPlace;
  #position: Position;
  #checkpoint: CheckpointEntry[] = [];
  #outputs: OutgoingRecord[] = [];
  #bytes = 0;

  constructor(place: PastPlace, position: Position) {
    this.#place = place;
    this.#position = { ...position, at: place.at };
  }

  /** What every commit from now on says of the partition. */
  say(more: Pick<Position, "machineVersion" | "sealVersion">): void {
    this.#position = { ...this.#position, ...more };
  }

  /** Adds an actor as it is to be. */
  async keep(entry: CheckpointEntry): Promise<void> {
    await this.#makeRoom(entryBytes(entry));
    this.#checkpoint.push(entry);
  }

  /** Adds a record. */
  async emit(output: OutgoingRecord): Promise<void> {
    await this.#makeRoom(outputBytes(output));
    this.#outputs.push(output);
  }

  /** Commits what was added; an empty commit too, where only the position has something to say. */
  async flush(): Promise<void> {
    const { bound, frame, owned } = this.#place;
    const commit = {
      journal: [],
      checkpoint: this.#checkpoint,
      outputs: this.#outputs,
      position: this.#position,
    };
    await bound.keep(this.#bytes, frame.scheduler, () => owned.commit(commit));
    this.#checkpoint = [];
    this.#outputs = [];
    this.#bytes = 0;
  }

  async #makeRoom(bytes: number): Promise<void> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#place.bound.bytes) await this.flush();
    this.#bytes += bytes;
  }
}

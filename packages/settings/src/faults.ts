import { ConfigError } from "@hybrid/kernel";

/** The faults of one configuration: every reader adds its own, and they are told at once. */
export class Faults {
  readonly found: string[] = [];

  /** One more fault of a setting: its name, then what is wrong and what to do. */
  add(name: string, fault: string): void {
    this.found.push(`${name}: ${fault}`);
  }

  /** What `read` returns; undefined when it throws ConfigError, whose faults are kept. Others are thrown. */
  gather<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.found.push(...error.faults);
      return undefined;
    }
  }

  /** Throws ConfigError when anything was found; `what` says what cannot be done. */
  raise(what: string): void {
    if (this.found.length > 0) throw new ConfigError(what, [...new Set(this.found)]);
  }
}

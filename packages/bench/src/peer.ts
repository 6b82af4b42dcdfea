import { fork } from "node:child_process";
import { join } from "node:path";

/** Another process of a bench, and what it tells; the first message that fits is taken, in order. */
export interface Peer<Message extends { readonly kind: string }> {
  /** The next message of a kind. Rejects when the process ends before it comes. */
  next<Kind extends Message["kind"]>(kind: Kind): Promise<Extract<Message, { readonly kind: Kind }>>;
  /** Takes the messages of a kind that have come so far. */
  taken<Kind extends Message["kind"]>(kind: Kind): readonly Extract<Message, { readonly kind: Kind }>[];
  send(order: object): void;
  kill(signal: NodeJS.Signals): void;
  /** Lets it end by itself, as it does with nothing left to do, and waits for that. */
  close(): Promise<void>;
  /** Resolves when the process is gone, however it ended. */
  readonly ended: Promise<void>;
}

/** Starts a module, by its path in this folder, as a process of its own, with a task as its argument. */
export const startPeer = <Message extends { readonly kind: string }>(
  module: string,
  task: object,
): Peer<Message> => {
  const child = fork(join(import.meta.dirname, module), [JSON.stringify(task)], {
    // Standard output belongs to figures alone.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const messages: Message[] = [];
  const watchers = new Set<() => void>();
  let isGone = false;
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      isGone = true;
      changed();
      resolve();
    });
  });
  child.on("message", (message) => {
    messages.push(message as Message);
    changed();
  });
  const take = (kind: string): Message | undefined => {
    const index = messages.findIndex((message) => message.kind === kind);
    return index < 0 ? undefined : messages.splice(index, 1)[0];
  };
  const next = (kind: string): Promise<Message> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const message = take(kind);
        if (!message && !isGone) return;
        watchers.delete(look);
        if (message) resolve(message);
        else reject(new Error(`${module} has ended before it said "${kind}"; see above why`));
      };
      watchers.add(look);
      look();
    });
  const taken = (kind: string): readonly Message[] => {
    const found: Message[] = [];
    for (let message = take(kind); message; message = take(kind)) found.push(message);
    return found;
  };
  return {
    // What is taken by a kind is of that kind.
    next: next as Peer<Message>["next"],
    taken: taken as Peer<Message>["taken"],
    send: (order) => child.send(order),
    kill: (signal) => child.kill(signal),
    close: () => {
      if (child.connected) child.disconnect();
      return ended;
    },
    ended,
  };
};

/** In such a process: tells the one that started it. */
export const tell = (message: object): void => {
  if (process.connected) process.send?.(message);
};

/** In such a process: its task, which is what the module takes it for. */
export const taskOf = (): unknown => JSON.parse(process.argv[2] ?? "{}");

/** In such a process: calls back for every order that comes. */
export const onOrder = (run: (order: unknown) => void): void => {
  process.on("message", run);
};

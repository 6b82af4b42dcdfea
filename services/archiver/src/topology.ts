import {
  archiveCommands,
  archiveErasures,
  archiveFailures,
  archiveImports,
  archiveLog,
  archiveStatus,
  userErasures,
  webexEvents,
} from "@hybrid/contracts";
import { actorIdOf, entityOf, from, seconds, type Topology } from "@hybrid/kernel";
import { sealTopology } from "@hybrid/sealing";
import { type Call, type Input, initial, type State } from "#domain/archive-state";
import { archiverMachine, timersOf } from "#domain/machine";
import { asItWas, withPeople } from "#domain/state-upgrades";
import { readArchiveCommand } from "./adapters/read-command.ts";
import { archiverTexts } from "./whose-texts.ts";

/**
 * The service on one screen: connectors read the feed, spaces know who was there and have items rendered,
 * mailboxes import, and a status log stands beside each connector. Erasers remove what is kept of a person.
 */
const plainTopology = (archivists: readonly string[] | null): Topology<State, Input, Call> => ({
  service: "archiver",
  machine: archiverMachine,
  initial,
  stateVersion: 3,
  upgrades: { 1: asItWas, 2: asItWas },
  callUpgrades: { 1: withPeople },
  sources: [
    from(archiveCommands, (value, { key }) => {
      const command = readArchiveCommand(value, archivists);
      return { to: actorIdOf(key), input: { kind: "commanded", command } };
    }),
    // What happened in a space is read from the feed: a delivery only says that there is something.
    from(webexEvents, (_hint, { key }) => {
      const to = actorIdOf(key);
      return entityOf(to).startsWith("r-") ? { to, input: { kind: "hinted" } } : undefined;
    }),
    from(userErasures, ({ orderId, ids }, { key, partition }) => ({
      to: actorIdOf(`${key}#${partition}`),
      input: { kind: "erased", orderId, ids },
    })),
  ],
  calls: {
    collect: {
      repeat: "mayRepeat",
      because: "It reads the feed; content that it seals a second time replaces the same content.",
      writes: false,
    },
    describeRoom: { repeat: "mayRepeat", because: "It only reads who is in the space.", writes: false },
    prepareItems: {
      repeat: "mayRepeat",
      because: "It reads messages and files; a mail that it seals a second time replaces the same mail.",
      writes: false,
    },
    importCopies: {
      repeat: "checkBeforeWrite",
      because: "It looks for each copy by its key in the whole mailbox before it makes one.",
    },
    listSpaces: {
      repeat: "mayRepeat",
      because: "It only reads the ids of this partition's own spaces.",
      deadlineMs: seconds(5),
      writes: false,
    },
    deleteContent: {
      repeat: "mayRepeat",
      because: "What is deleted already is what was wanted.",
      deadlineMs: seconds(20),
      writes: false,
    },
  },
  emits: [archiveStatus, archiveLog, archiveImports, archiveFailures, archiveErasures],
  timers: timersOf,
  timerFired: ({ name }) => ({ kind: "timerFired", name }),
  callFailed: (order, failure) => ({ kind: "callFailed", call: order.kind, number: order.number, failure }),
});

/** The same with addresses sealed for the people whose they are, wherever they stand. */
export const archiverTopology = (archivists: readonly string[] | null = null): Topology<State, Input, Call> =>
  sealTopology(plainTopology(archivists), archiverTexts, ["user", "organisation"]);

import type { Verified } from "@hybrid/archiver";
import type { ArchiveDay } from "@hybrid/contracts";
import { minutes, seconds } from "@hybrid/kernel";
import type { Message, Room, SimulatedPerson } from "@hybrid/webex-simulator";
import { guidOf } from "../../organisation.ts";
import type { Scenery } from "../chapter.ts";
import type { ModelMove, ModelWord } from "./model.ts";

/** A person of the chapter. */
export interface Talker {
  readonly name: string;
  readonly objectId: string;
  readonly hasMailbox: boolean;
  readonly webex: SimulatedPerson;
}

/** A space in which they talk. */
export interface Place {
  readonly title: string;
  readonly room: Room;
}

/** Everybody and everything of the chapter. */
export interface ArchiveCast {
  readonly tenantId: string;
  readonly people: readonly Talker[];
  readonly places: readonly Place[];
  readonly moves: ModelMove[];
  readonly words: (ModelWord & { readonly author: Talker })[];
  readonly messages: Map<number, Message>;
  /** The status log before anything was lost. */
  logged: readonly ArchiveDay[];
  /** What comparisons found: before a mail was lost, and then. */
  whole: Verified | null;
  withLoss: Verified | null;
  /** The mail that somebody deleted. */
  lost: { readonly person: Talker; readonly number: number; readonly kind: ModelWord["kind"] } | null;
}

/** Files of a message that are larger are left out. */
export const fileBytesMax = 1_000;

const names = ["Ada", "Ben", "Cem", "Dan", "Eva", "Fay"];
const withoutMailbox = "Fay";

/** The person of a name. */
export const talkerOf = ({ people }: Pick<ArchiveCast, "people">, name: string): Talker => {
  const found = people.find((each) => each.name === name);
  if (!found) throw new RangeError(`nobody is called ${name}`);
  return found;
};

const addTalker = ({ stage }: Scenery, tenantId: string, name: string): Talker => {
  const email = `${name}@mail.example`.toLowerCase();
  const objectId = guidOf(`talker ${name}`);
  const hasMailbox = name !== withoutMailbox;
  stage.graph.addMailbox({
    tenantId,
    userId: objectId,
    userPrincipalName: email,
    mail: email,
    displayName: name,
    ...(hasMailbox ? {} : { state: "unlicensed" as const }),
  });
  const webex = stage.webex.addPerson({ orgId: stage.webexOrgId, email, displayName: name, sites: [] });
  return { name, objectId, hasMailbox, webex };
};

/** Somebody comes into a space. */
const enter = (cast: ArchiveCast, { stage }: Scenery, place: Place, name: string): void => {
  const person = talkerOf(cast, name);
  const { creator } = place.room;
  if (creator.uuid !== person.webex.uuid)
    stage.webex.spaces.addMember(creator.uuid, place.room, person.webex);
  cast.moves.push({ kind: "in", at: stage.clock.now(), space: place.title, person });
};

/** A tenant of its own, its people, and three spaces: of all, of few, and of two. */
export const prepareArchive = (scenery: Scenery): ArchiveCast => {
  const { graph, clientId, webex } = scenery.stage;
  const tenantId = guidOf("tenant archive");
  graph.addTenant({ tenantId, displayName: "Acme Mail", domains: ["mail.example"] });
  graph.grantConsent(tenantId, clientId, ["Mail.ReadWrite", "User.Read.All"]);
  const people = names.map((name) => addTalker(scenery, tenantId, name));
  const [ada, ben] = [talkerOf({ people }, "Ada"), talkerOf({ people }, "Ben")];
  const places = [
    { title: "Everybody", room: webex.spaces.createRoom(ada.webex, "Everybody") },
    { title: "Project Birch", room: webex.spaces.createRoom(ben.webex, "Project Birch") },
    { title: "Ben", room: webex.spaces.directRoom(ada.webex, ben.webex) },
  ];
  const cast: ArchiveCast = {
    tenantId,
    people,
    places,
    moves: [],
    words: [],
    messages: new Map(),
    logged: [],
    whole: null,
    withLoss: null,
    lost: null,
  };
  const [all, few, two] = places;
  if (!all || !few || !two) throw new Error("there are three spaces");
  for (const name of ["Ada", "Ben", "Cem", "Eva", "Fay"]) enter(cast, scenery, all, name);
  for (const name of ["Ben", "Cem"]) enter(cast, scenery, few, name);
  const at = scenery.stage.clock.now();
  for (const person of [ada, ben]) cast.moves.push({ kind: "in", at, space: two.title, person });
  return cast;
};

const present = ({ moves, people }: ArchiveCast, { title }: Place): readonly Talker[] =>
  people.filter(
    ({ name }) => moves.findLast((move) => move.space === title && move.person.name === name)?.kind === "in",
  );

const pick = <Each>({ dice }: Scenery, from: readonly Each[]): Each => {
  const picked = from[Math.floor(dice() * from.length)];
  if (picked === undefined) throw new Error("there is nothing to pick from");
  return picked;
};

/** Every sixth message has a file; every second one of these is too large. */
const filesOf = (number: number): ModelWord["files"] =>
  number % 6 === 0 ? [{ name: `plan ${number}.txt`, size: number % 12 === 0 ? 2 * fileBytesMax : 200 }] : [];

const say = (cast: ArchiveCast, scenery: Scenery, number: number): void => {
  const { stage } = scenery;
  const place = pick(scenery, cast.places);
  const author = pick(scenery, present(cast, place));
  const files = filesOf(number);
  const message = stage.webex.spaces.post(author.webex, place.room, {
    markdown: `This is *message* #${number}.`,
    files: files.map(({ name, size }) => ({
      name,
      contentType: "text/plain",
      bytes: Buffer.alloc(size, "x"),
      state: "clean",
    })),
  });
  cast.messages.set(number, message);
  cast.words.push({ number, kind: "said", at: stage.clock.now(), space: place.title, author, files });
};

/** Somebody edits or deletes an earlier message of theirs. */
const change = (cast: ArchiveCast, { stage }: Scenery, number: number, kind: "edited" | "deleted"): void => {
  const message = cast.messages.get(number);
  const word = cast.words.find((each) => each.number === number);
  if (!message || !word || message.isDeleted || (kind === "edited" && word.files.length > 0)) return;
  if (kind === "edited") stage.webex.spaces.edit(message, undefined, `This is *better* than #${number}.`);
  else stage.webex.spaces.removeMessage(word.author.webex.uuid, message);
  cast.words.push({ ...word, kind, at: stage.clock.now() });
};

const messages = 24;

/** A talk of twenty minutes: somebody says something every 45 seconds; some is edited or deleted later. */
export const talk = (cast: ArchiveCast, scenery: Scenery): void => {
  const begunMs = scenery.stage.clock.now() - scenery.startedAt;
  const { dice } = scenery;
  for (let number = 1; number <= messages; number++) {
    const afterMs = begunMs + number * seconds(45);
    scenery.after(afterMs, () => say(cast, scenery, number));
    const chance = dice();
    if (chance < 0.4)
      scenery.after(afterMs + seconds(70), () =>
        change(cast, scenery, number, chance < 0.25 ? "edited" : "deleted"),
      );
  }
};

/** Dan joins the project in the middle of the talk, and Cem leaves everybody. */
export const comeAndGo = (cast: ArchiveCast, scenery: Scenery): void => {
  const [all, few] = cast.places;
  if (!all || !few) throw new Error("there are spaces");
  enter(cast, scenery, few, "Dan");
  scenery.after(scenery.stage.clock.now() - scenery.startedAt + minutes(6), () => {
    const { spaces } = scenery.stage.webex;
    const cem = talkerOf(cast, "Cem");
    const membership = spaces.membership(all.room.uuid, cem.webex.uuid);
    if (!membership) throw new Error("Cem is in the space of all");
    spaces.removeMember(cem.webex.uuid, membership);
    cast.moves.push({ kind: "out", at: scenery.stage.clock.now(), space: all.title, person: cem });
  });
};

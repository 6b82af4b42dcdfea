import { ProviderError } from "@hybrid/kernel";
import type { CreateMailMessage, FoundMailMessage } from "@hybrid/microsoft-graph";
import type { GraphPort } from "../src/adapters/ports.ts";

/** A message in a mailbox. */
export interface StoredMail {
  readonly id: string;
  folderId: string;
  readonly order: CreateMailMessage;
  readonly files: { readonly name: string; readonly size: number }[];
}

/** A mailbox. */
export interface FakeMailbox {
  readonly objectId: string;
  readonly address: string;
  readonly folders: { id: string; name: string }[];
  readonly mails: StoredMail[];
  state: "normal" | "missing";
}

const lost = (what: string): ProviderError =>
  new ProviderError(`${what}: Graph answered 503`, { code: "unavailable", retryable: true, status: 503 });

/** Mailboxes in memory; a write may take effect although its answer is lost. */
export class FakeMail implements GraphPort {
  readonly mailboxes = new Map<string, FakeMailbox>();
  readonly asked: string[] = [];
  rates = { errors: 0, appliedThoughFailed: 0.5 };
  readonly #random: () => number;
  #made = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(address: string, objectId: string): FakeMailbox {
    const mailbox: FakeMailbox = { objectId, address, folders: [], mails: [], state: "normal" };
    this.mailboxes.set(objectId, mailbox);
    return mailbox;
  }

  byAddress(address: string): FakeMailbox {
    const found = [...this.mailboxes.values()].find((each) => each.address === address);
    if (!found) throw new Error(`no mailbox ${address}`);
    return found;
  }

  #of({ userObjectId }: { readonly userObjectId: string }): FakeMailbox {
    const mailbox = this.mailboxes.get(userObjectId);
    if (mailbox?.state !== "normal")
      throw new ProviderError("no mailbox", { code: "mailboxMissing", retryable: false, status: 404 });
    return mailbox;
  }

  #read(what: string): void {
    this.asked.push(what);
    if (this.#random() < this.rates.errors) throw lost(what);
  }

  #write<Result>(what: string, apply: () => Result): Result {
    this.asked.push(what);
    const fails = this.#random() < this.rates.errors;
    if (fails && this.#random() >= this.rates.appliedThoughFailed) throw lost(what);
    const result = apply();
    if (fails) throw lost(what);
    return result;
  }

  readonly users: GraphPort["users"] = {
    findByAddress: async ({ address }) => {
      this.#read("users.findByAddress");
      const found = [...this.mailboxes.values()].find(
        (each) => each.address.toLowerCase() === address.toLowerCase(),
      );
      return found ? { objectId: found.objectId, userPrincipalName: found.address } : null;
    },
  };

  /** Object ids of the members of each group. */
  readonly members = new Map<string, readonly string[]>();
  /** Groups in each group. */
  readonly inner = new Map<string, readonly string[]>();

  readonly groups: GraphPort["groups"] = {
    listPeople: async function* (
      this: FakeMail,
      { groupId, what }: { readonly groupId: string; readonly what: string },
    ) {
      this.#read("groups.listPeople");
      if (!this.members.has(groupId))
        throw new ProviderError("no such group", { code: "notFound", retryable: false, status: 404 });
      const through = (id: string): readonly string[] => [
        ...(this.members.get(id) ?? []),
        ...(what === "transitiveMembers" ? (this.inner.get(id) ?? []).flatMap(through) : []),
      ];
      const members = through(groupId);
      yield members.map((objectId) => ({ objectId, mailAddress: null, isGuest: false }));
    }.bind(this),
  };

  readonly mail: GraphPort["mail"] = {
    findFolder: async (order) => {
      this.#read("mail.findFolder");
      return this.#of(order).folders.find(({ name }) => name === order.displayName)?.id ?? null;
    },
    createFolder: async (order) =>
      this.#write("mail.createFolder", () => {
        const { folders } = this.#of(order);
        if (folders.some(({ name }) => name === order.displayName))
          throw new ProviderError("there already", { code: "conflict", retryable: false, status: 409 });
        const id = `folder-${++this.#made}`;
        folders.push({ id, name: order.displayName });
        return id;
      }),
    createMessage: async (order) =>
      this.#write("mail.createMessage", () => {
        const mailbox = this.#of(order);
        if (!mailbox.folders.some(({ id }) => id === order.folderId))
          throw new ProviderError("no such folder", { code: "notFound", retryable: false, status: 404 });
        const files = order.files.map(({ name, bytes }) => ({ name, size: bytes.byteLength }));
        const mail = { id: `mail-${++this.#made}`, folderId: order.folderId, order, files };
        mailbox.mails.push(mail);
        return mail.id;
      }),
    createMessages: async ({ messages, ...of }) => {
      const made: (string | ProviderError | null)[] = [];
      for (const message of messages) {
        if (made.some((one) => typeof one !== "string")) made.push(null);
        else
          made.push(
            await this.mail.createMessage({ ...of, ...message }).catch((error: unknown) => {
              if (error instanceof ProviderError) return error;
              throw error;
            }),
          );
      }
      // The answer to all of them may be lost, though all of them are there.
      this.#read("mail.createMessages");
      return made;
    },
    findMessages: async (order) => {
      this.#read("mail.findMessages");
      return this.#of(order)
        .mails.filter(({ order: { properties } }) =>
          order.values.includes(properties[order.propertyId] ?? ""),
        )
        .map((mail) => this.#found(mail));
    },
    listMessages: async function* (this: FakeMail, order: { userObjectId: string; folderId: string }) {
      this.#read("mail.listMessages");
      const mails = this.#of(order).mails.filter(({ folderId }) => folderId === order.folderId);
      yield mails.map((mail) => this.#found(mail));
    }.bind(this),
    listAttachments: async (order) => {
      this.#read("mail.listAttachments");
      return this.#of(order).mails.find(({ id }) => id === order.messageId)?.files ?? [];
    },
    addAttachment: async (order) =>
      this.#write("mail.addAttachment", () => {
        const mail = this.#of(order).mails.find(({ id }) => id === order.messageId);
        mail?.files.push({ name: order.file.name, size: order.file.bytes.byteLength });
      }),
  };

  #found({ id, folderId, order, files }: StoredMail): FoundMailMessage {
    const hasAttachments = files.length > 0;
    return { messageId: id, values: order.properties, folderId, hasAttachments, sentAt: order.sentAt };
  }
}

import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { describe, expect, test } from "vitest";
import type { SessionStore } from "../src/adapters/session-store.ts";
import { type Entrance, Sessions } from "../src/adapters/sessions.ts";

const lifeMs = 3_600_000;

const entrance = (name: string, org: string | null = "acme"): Entrance => ({
  guest: { org, role: "full", name, user: null },
  way: "provider",
  person: `provider acme ${name}`,
});

/** What sessions do, wherever they are kept. `open` gives an empty store. */
export const sessionContract = (
  where: string,
  open: (clock: VirtualClock) => Promise<SessionStore>,
): void => {
  const begin = async () => {
    const clock = new VirtualClock(instant(Date.now()));
    const sessions = new Sessions(await open(clock), lifeMs);
    const enter = (name: string, org?: string | null) => sessions.begin(entrance(name, org), clock.now());
    return { clock, sessions, enter };
  };

  describe(`sessions in ${where}`, () => {
    test("a session is found by its id alone, until it ends", async () => {
      const { clock, sessions, enter } = await begin();
      const { id, session } = await enter("ada");
      expect(await sessions.find(id, clock.now())).toEqual(session);
      expect(await sessions.find(`${id}x`, clock.now())).toBeNull();
      expect(await sessions.find(sessions.keyOf(id), clock.now())).toBeNull();
      clock.advanceBy(lifeMs);
      expect(await sessions.find(id, clock.now())).toBeNull();
    });

    test("every sign-in is another session with another token", async () => {
      const { enter } = await begin();
      const [first, second] = [await enter("ada"), await enter("ada")];
      expect(first.id).not.toBe(second.id);
      expect(first.session.csrfToken).not.toBe(second.session.csrfToken);
    });

    test("the sessions of a person and of an organisation are listed, the newest first, and end one by one", async () => {
      const { clock, sessions, enter } = await begin();
      const first = await enter("ada");
      clock.advanceBy(1_000);
      const second = await enter("ada");
      const bo = await enter("bo");
      await enter("cy", "rival");
      const keys = async () =>
        (await sessions.ofPerson("provider acme ada", clock.now())).map(({ key }) => key);
      expect(await keys()).toEqual([sessions.keyOf(second.id), sessions.keyOf(first.id)]);
      const ofAcme = await sessions.ofOrganisation("acme", clock.now());
      expect(ofAcme.map(({ session }) => session.name).toSorted()).toEqual(["ada", "ada", "bo"]);
      await sessions.end(first.id);
      expect(await keys()).toEqual([sessions.keyOf(second.id)]);
      expect(await sessions.endKept(await sessions.ofPerson("provider acme ada", clock.now()))).toBe(1);
      expect(await sessions.find(second.id, clock.now())).toBeNull();
      expect(await sessions.find(bo.id, clock.now())).not.toBeNull();
    });

    test("what counts once counts once", async () => {
      const { sessions } = await begin();
      expect([await sessions.once("a", lifeMs), await sessions.once("a", lifeMs)]).toEqual([true, false]);
      expect(await sessions.once("b", lifeMs)).toBe(true);
    });
  });
};

import { minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
afterEach(() => world.close());

test("the word of a group is a card with a button to its library, and the same in plain Markdown", async () => {
  world = await World.open({ people: 2 });
  await world.begin();
  const { team } = world.addTeam("Build *Squad*", 1, 2);
  await world.pass(minutes(20));
  const told = [...world.webex.spaces.messages.values()].filter(({ room }) => room.uuid === team.uuid);
  const { libraryUrl } = world.stateOfTeam(team.uuid).group!;
  expect(told).toMatchObject([
    {
      markdown: expect.stringContaining(`[Open the library](${libraryUrl})`),
      cards: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [{ text: "Build \\*Squad\\* now has a Microsoft 365 group." }, {}, {}],
            actions: [{ type: "Action.OpenUrl", title: "Open the library", url: libraryUrl }],
          },
        },
      ],
    },
  ]);
});

test("the word of it is in the language of who made the team, else in the configured one", async () => {
  world = await World.open({ people: 1 });
  world.addPerson(2, { language: "sv-SE" });
  await world.begin();
  world.addTeam("Bygget", 2, 1);
  await world.pass(minutes(20));
  world.command({ kind: "configure", options: { ...world.options(), language: "sv" } });
  world.addTeam("Build", 1);
  await world.pass(minutes(20));
  const told = [...world.webex.spaces.messages.values()];
  expect(told.map(({ cards }) => (cards[0]!.content as any).body[0].text)).toEqual([
    "Bygget har nu en Microsoft 365-grupp.",
    "Build har nu en Microsoft 365-grupp.",
  ]);
  expect(told[0]!.markdown).toContain("**Bygget har nu en Microsoft 365-grupp.**");
});

import type { Explained, MeetingExplanation } from "@hybrid/meetings";

const partText = (name: string, { rules, says }: Explained<string>): readonly string[] => [
  `${name}:`,
  ...rules.map(({ asks, passed }) => `  ${passed ? "yes" : "no "}  ${asks}`),
  `  ${says}`,
];

/** Why a list and a device show a meeting, for people. */
export const meetingText = ({ list, app, device }: MeetingExplanation): string => {
  const { booking } = device;
  return [
    ...partText("list", list),
    ...partText("app", app),
    ...partText("device", device),
    ...(booking ? [`  It dials ${booking.Number} by ${booking.Protocol}, as "${booking.Title}".`] : []),
  ].join("\n");
};

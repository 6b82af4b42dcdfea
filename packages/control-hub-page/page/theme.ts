import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
} from "@fluentui/react-components";

/** The blue-green of deep water: the colour of what can be pressed is never the colour of a state. */
const fjord: BrandVariants = {
  10: "#031216",
  20: "#061d23",
  30: "#092831",
  40: "#0e353e",
  50: "#12414d",
  60: "#174e5c",
  70: "#1d5b6b",
  80: "#20697b",
  90: "#2b7b90",
  100: "#3d8ea3",
  110: "#52a0b6",
  120: "#6ab2c7",
  130: "#88c4d5",
  140: "#abd6e3",
  150: "#cce7ef",
  160: "#e8f4f8",
};

/** What Fluent has no token for: the paper, the four states, the chart. */
const ownLight = {
  hubCanvas: "#edf2f3",
  hubSheet: "#ffffff",
  hubField: "#78898f",
  hubLine: "#dde5e8",
  hubLineSoft: "#ebf0f2",
  hubHover: "#f3f7f8",
  hubPicked: "#e9f3f6",
  hubShadow: "0 1px 2px rgba(10,40,50,.05), 0 8px 28px rgba(10,40,50,.06)",
  hubActive: "#0b6e4f",
  hubActiveSoft: "#e2f2eb",
  hubError: "#b3360f",
  hubErrorSoft: "#fcebe4",
  hubErrorWash: "#fdf4f0",
  hubWaiting: "#4656a6",
  hubWaitingSoft: "#e9ecf9",
  hubOff: "#53636a",
  hubOffSoft: "#edf1f2",
  hubCare: "#8a5800",
  hubActiveFill: "#3aa481",
  hubErrorFill: "#d4552c",
  hubWaitingFill: "#7c8bd6",
  hubOffFill: "#82939a",
  hubBrandFill: "#2b7b90",
};

type OwnTokens = Readonly<Record<keyof typeof ownLight, string>>;

const ownDark: OwnTokens = {
  hubCanvas: "#0b1216",
  hubSheet: "#141e23",
  hubField: "#66787f",
  hubLine: "#2b3a40",
  hubLineSoft: "#202d32",
  hubHover: "#1a262b",
  hubPicked: "#1a3038",
  hubShadow: "0 1px 2px rgba(0,0,0,.3), 0 10px 30px rgba(0,0,0,.25)",
  hubActive: "#5fd0a4",
  hubActiveSoft: "#12352b",
  hubError: "#ff9b7d",
  hubErrorSoft: "#40201a",
  hubErrorWash: "#2a1f1f",
  hubWaiting: "#aebcf5",
  hubWaitingSoft: "#232b4d",
  hubOff: "#a5b5bb",
  hubOffSoft: "#223036",
  hubCare: "#f0bf5f",
  hubActiveFill: "#3f9f7f",
  hubErrorFill: "#e5704a",
  hubWaitingFill: "#8592d8",
  hubOffFill: "#5d6e75",
  hubBrandFill: "#52a0b6",
};

const shape = {
  fontFamilyBase: "'Inter', 'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, sans-serif",
  fontFamilyNumeric: "'Inter', 'Segoe UI Variable Text', 'Segoe UI', system-ui, sans-serif",
  borderRadiusMedium: "6px",
  borderRadiusLarge: "10px",
  borderRadiusXLarge: "14px",
};

/** By day. */
export const light: Theme & OwnTokens = {
  ...createLightTheme(fjord),
  ...shape,
  ...ownLight,
  colorNeutralForeground1: "#16242a",
  colorNeutralForeground2: "#33454c",
  colorNeutralForeground3: "#4f6068",
  colorNeutralForeground4: "#5a6b72",
  colorNeutralBackground1Hover: "#f2f6f7",
  colorNeutralBackground1Selected: "#e8f1f3",
  colorNeutralBackground2: "#fbfcfc",
  colorNeutralBackground3: "#eef2f3",
  colorNeutralStroke1: "#c9d4d8",
  colorNeutralStroke2: "#dde5e8",
  colorNeutralStroke3: "#e8eef0",
  colorNeutralStrokeAccessible: "#5f7078",
};

/** By night. Fluent's own choice for links, brand 100, has too little contrast on these surfaces. */
export const dark: Theme & OwnTokens = {
  ...createDarkTheme(fjord),
  ...shape,
  ...ownDark,
  colorBrandForeground1: fjord[130],
  colorBrandForeground2: fjord[140],
  colorBrandForegroundLink: fjord[130],
  colorBrandForegroundLinkHover: fjord[140],
  colorBrandForegroundLinkPressed: fjord[120],
  colorCompoundBrandForeground1: fjord[130],
  colorCompoundBrandForeground1Hover: fjord[140],
  colorBrandBackground: fjord[80],
  colorBrandBackgroundHover: fjord[90],
  colorBrandBackgroundPressed: fjord[60],
  colorCompoundBrandStroke: fjord[120],
  colorCompoundBrandBackground: fjord[120],
  colorNeutralForeground2BrandHover: fjord[130],
  colorNeutralForeground1: "#eaf1f3",
  colorNeutralForeground2: "#c6d3d7",
  colorNeutralForeground3: "#a5b5bb",
  colorNeutralForeground4: "#93a5ac",
  colorNeutralBackground1: "#162127",
  colorNeutralBackground1Hover: "#1e2b31",
  colorNeutralBackground1Selected: "#21343b",
  colorNeutralBackground2: "#121c21",
  colorNeutralBackground3: "#0c1418",
  colorNeutralStroke1: "#41535a",
  colorNeutralStroke2: "#2b3a40",
  colorNeutralStroke3: "#223036",
  colorNeutralStrokeAccessible: "#8a9ca3",
};

const variable = (name: keyof OwnTokens): string => `var(--${name})`;

/** The tokens above as `FluentProvider` writes them: a variable of the same name for each. */
export const hub = Object.fromEntries(
  (Object.keys(ownLight) as (keyof OwnTokens)[]).map((name) => [name, variable(name)]),
) as OwnTokens;

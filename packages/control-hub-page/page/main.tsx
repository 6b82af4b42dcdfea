import {
  createDOMRenderer,
  FluentProvider,
  makeStaticStyles,
  RendererProvider,
  tokens,
} from "@fluentui/react-components";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { client } from "./queries.ts";
import { router } from "./router.tsx";
import { dark, hub, light } from "./theme.ts";
import { keepDark, preferredDark, ThemeChoiceContext } from "./theme-choice.ts";
import { beginWords } from "./words.ts";

const useStaticStyles = makeStaticStyles([
  {
    "html, body, #root": { height: "100%", margin: 0 },
    body: { WebkitFontSmoothing: "antialiased" },
    // One quiet line around a field instead of Fluent's heavy lower one; 3:1 against the paper.
    ".fui-Input.fui-Input": {
      borderTopColor: hub.hubField,
      borderRightColor: hub.hubField,
      borderBottomColor: hub.hubField,
      borderLeftColor: hub.hubField,
    },
    ".fui-Button": { whiteSpace: "nowrap" },
    a: { color: tokens.colorBrandForegroundLink },
  },
  "@media (prefers-reduced-motion: reduce) { *, *::before, *::after " +
    "{ animation: none !important; transition: none !important } }",
]);

function App() {
  useStaticStyles();
  const [isDark, setDark] = useState(preferredDark);
  const choice = {
    isDark,
    setDark: (wanted: boolean) => {
      keepDark(wanted);
      setDark(wanted);
    },
  };
  return (
    <ThemeChoiceContext value={choice}>
      <FluentProvider theme={isDark ? dark : light} targetDocument={document} style={{ height: "100%" }}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </FluentProvider>
    </ThemeChoiceContext>
  );
}

const begin = async (): Promise<void> => {
  await beginWords();
  const root = document.querySelector("#root");
  if (!root) throw new TypeError("the page has no root");
  // Styles are written while the page runs; each needs the nonce that the server sent.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
  const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });
  createRoot(root).render(
    <StrictMode>
      <RendererProvider renderer={renderer} targetDocument={document}>
        <App />
      </RendererProvider>
    </StrictMode>,
  );
};

void begin();

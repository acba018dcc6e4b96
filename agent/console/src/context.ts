import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "./json.ts";
import { type Language, say, type Text } from "./texts.ts";
import { noTwins, type Twins } from "./twins.ts";

/** What every part of the page may need. */
export interface Page {
  readonly twins: Twins;
  readonly session: Session;
  readonly language: Language;
  /** Wall-clock milliseconds, moved on once a second. */
  readonly now: number;
  /** Shows the form to log in. */
  logIn(): void;
  /** The session ended while the page was open. */
  sessionEnded(): void;
}

/** Filled by the root of the page. */
export const PageContext = createContext<Page>({
  twins: noTwins,
  session: { mayRead: false, mayWrite: false },
  language: "en",
  now: 0,
  logIn: () => undefined,
  sessionEnded: () => undefined,
});

/** The page around a component, with its words. */
export function usePage(): Page & { readonly t: (text: Text, filled?: Parameters<typeof say>[2]) => string } {
  const page = useContext(PageContext);
  return { ...page, t: (text, filled) => say(page.language, text, filled) };
}

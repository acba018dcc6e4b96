import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "./agent.ts";
import { BoardPage } from "./board-page.tsx";
import { type Page, PageContext, usePage } from "./context.ts";
import { DevicePage } from "./device-page.tsx";
import { DevicesPage } from "./devices-page.tsx";
import type { Session } from "./json.ts";
import { LogIn } from "./log-in.tsx";
import { type Route, routeOf } from "./route.ts";
import { SystemPage } from "./system-page.tsx";
import { type Language, languageOf, languages } from "./texts.ts";
import { noTwins } from "./twins.ts";
import { type Link, type Shown, watch } from "./watch.ts";

const languageKey = "edgetwin-language";
const nobody: Session = { mayRead: false, mayWrite: false };

function App() {
  const route = useRoute();
  const now = useNow();
  const [language, setLanguage] = useLanguage();
  const [session, setSession] = useState<Session>();
  const [asking, setAsking] = useState(false);
  const mayRead = session?.mayRead ?? false;
  const { twins, link } = useWatch(mayRead);

  const refresh = () => ask<Session>("/api/v1/session").then(setSession, () => undefined);
  // Also when the agent is back: it may have another token by then.
  useEffect(() => void refresh(), [link]);
  useEffect(() => {
    void logInByLink().then(async (done) => {
      if (done) await refresh();
    });
  }, []);

  const logOut = () => ask("/api/v1/session", { method: "DELETE" }).then(refresh, refresh);
  const page: Page = {
    twins,
    language,
    now,
    session: session ?? nobody,
    logIn: () => setAsking(true),
    sessionEnded: () => {
      void refresh();
      setAsking(true);
    },
  };
  return (
    <PageContext.Provider value={page}>
      <Header link={link} logOut={logOut} language={language} setLanguage={setLanguage} />
      <main>{session === undefined || mayRead ? <Body route={route} /> : <Closed />}</main>
      {asking && (
        <LogIn
          onDone={() => {
            setAsking(false);
            void refresh();
          }}
        />
      )}
    </PageContext.Provider>
  );
}

function Body({ route }: { readonly route: Route }) {
  switch (route.page) {
    case "devices":
      return <DevicesPage />;
    case "board":
      return <BoardPage />;
    case "system":
      return <SystemPage />;
    case "device":
      return <DevicePage id={route.id} property={route.property} />;
  }
}

function Closed() {
  const { t, logIn } = usePage();
  return (
    <p class="empty">
      {t("needsLogIn")}{" "}
      <button type="button" onClick={logIn}>
        {t("logIn")}
      </button>
    </p>
  );
}

interface HeaderParts {
  readonly link: Link;
  readonly language: Language;
  readonly logOut: () => void;
  readonly setLanguage: (language: Language) => void;
}

function Header({ link, language, logOut, setLanguage }: HeaderParts) {
  const { session, t, logIn } = usePage();
  return (
    <header>
      <nav>
        <a class="brand" href="#/">
          Edgetwin
        </a>
        <a href="#/">{t("devices")}</a>
        <a href="#/board">{t("board")}</a>
        <a href="#/system">{t("system")}</a>
      </nav>
      <span class={`link link-${link}`} role="status">
        {t(link)}
      </span>
      <select
        aria-label={t("language")}
        value={language}
        onChange={({ currentTarget }) => setLanguage(currentTarget.value as Language)}
      >
        <option value="en">English</option>
        <option value="zh">中文</option>
      </select>
      {session.mayWrite ? (
        <button type="button" onClick={logOut}>
          {t("logOut")}
        </button>
      ) : (
        <button type="button" title={t("readOnly")} onClick={logIn}>
          {t("logIn")}
        </button>
      )}
    </header>
  );
}

/** `edgetwin run` prints an address with the token behind `#token=`, which no server and no log sees. */
async function logInByLink(): Promise<boolean> {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return false;
  history.replaceState(null, "", "#/");
  dispatchEvent(new HashChangeEvent("hashchange"));
  return ask("/api/v1/session", { method: "POST", body: { token: decodeURIComponent(token) } }).then(
    () => true,
    () => false,
  );
}

function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const change = () => setRoute(routeOf(location.hash));
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function useLanguage(): [Language, (language: Language) => void] {
  const [language, setLanguage] = useState<Language>(() => {
    const kept = localStorage.getItem(languageKey);
    return kept !== null && Object.hasOwn(languages, kept) ? (kept as Language) : languageOf(navigator.languages);
  });
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const keep = (next: Language) => {
    localStorage.setItem(languageKey, next);
    setLanguage(next);
  };
  return [language, keep];
}

function useWatch(mayRead: boolean): Shown {
  const [shown, setShown] = useState<Shown>({ twins: noTwins, link: "connecting" });
  useEffect(() => (mayRead ? watch(setShown) : undefined), [mayRead]);
  return shown;
}

render(<App />, document.body);

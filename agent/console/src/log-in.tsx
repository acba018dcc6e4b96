import { useEffect, useRef, useState } from "preact/hooks";
import { AgentFailure, ask } from "./agent.ts";
import { usePage } from "./context.ts";

/** The form that asks for the token; `onDone` says whether this browser is logged in now. */
export function LogIn({ onDone }: { readonly onDone: (loggedIn: boolean) => void }) {
  const { t } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);
  const send = async () => {
    try {
      await ask("/api/v1/session", { method: "POST", body: { token } });
      onDone(true);
    } catch (error) {
      if (!(error instanceof AgentFailure)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="log-in" onClose={() => onDone(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2 id="log-in">{t("logIn")}</h2>
        <label>
          {t("token")}
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <p>
          <small>{t("tokenHelp")}</small>
        </p>
        {problem !== undefined && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="buttons">
          <button type="button" onClick={() => onDone(false)}>
            {t("cancel")}
          </button>
          <button type="submit">{t("logIn")}</button>
        </p>
      </form>
    </dialog>
  );
}

import { setImmediate } from "node:timers/promises";
import { type ApiObject, fieldsAt } from "../api-object.ts";
import type { Key } from "../storage/storage.ts";
import { type Core, load, parse, put, type Target } from "../write/core.ts";
import { finalizerOf, remove } from "../write/remove.ts";
import { isFinished, update } from "../write/update.ts";

/** How many objects of a namespace are deleted before other work gets its turn. */
const atOnce = 100;

const quiet = { dryRun: false, manager: "edgetwin-collector", fieldValidation: "Ignore", warn: () => {} } as const;
const groupOf = (apiVersion: string) => (apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "");
const inBackground = { dryRun: false, propagation: "Background" } as const;

/**
 * Sees to what follows from a deletion: dependents of an object that is gone, namespaces on their way out, and the
 * finalizers of `Foreground` and `Orphan`. It works from what is stored, so that a crash forgets nothing.
 */
export class Collector implements AsyncDisposable {
  readonly #core: Core;
  readonly #waiting = new Map<string, { readonly key: Key; readonly uid: string }>();
  readonly #onError: (error: unknown) => void;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(core: Core, onError: (error: unknown) => void) {
    this.#core = core;
    this.#onError = onError;
  }

  /** Takes up what was left when the server went. */
  start(): void {
    for (const { text, ...key } of this.#core.storage.deleting()) this.look(key, parse(text));
    for (const uid of this.#core.storage.owners()) this.#enqueue({ resource: "", namespace: "", name: uid }, uid);
  }

  /** Has an object that is being deleted, or is gone, looked after. */
  look(key: Key, { metadata }: ApiObject): void {
    this.#enqueue(key, metadata.uid ?? "");
    // An owner may wait for its dependents.
    for (const { apiVersion, kind, name } of metadata.ownerReferences ?? []) {
      const owner = this.#core.registry.ofKind(groupOf(apiVersion), kind);
      if (owner)
        this.#enqueue({ resource: owner.storedAs, namespace: owner.namespaced ? key.namespace : "", name }, "");
    }
    // The last one that a namespace waited for may be gone now.
    if (key.namespace !== "") {
      const namespace = { resource: "namespaces", namespace: "", name: key.namespace };
      const found = this.#core.storage.get(namespace);
      if (found && parse(found.text).metadata.deletionTimestamp !== undefined) this.#enqueue(namespace, "");
    }
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  #enqueue(key: Key, uid: string): void {
    this.#waiting.set([key.resource, key.namespace, key.name, uid].join("\0"), { key, uid });
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    await setImmediate();
    for (const [id, { key, uid }] of this.#waiting) {
      if (this.#closed) break;
      this.#waiting.delete(id);
      try {
        await this.#collect(key, uid);
      } catch (error) {
        this.#onError(error);
      }
      await setImmediate();
    }
    this.#working = undefined;
    if (this.#waiting.size > 0 && !this.#closed) this.#working = this.#work();
  }

  async #collect(key: Key, uid: string): Promise<void> {
    const target = this.#targetOf(key);
    const object = target && load(this.#core, target);
    if (target && object?.metadata.deletionTimestamp !== undefined) {
      if (object.kind === "Namespace") await this.#empty(target, object);
      else this.#release(target, object);
    }
    if (uid !== "" && !this.#exists(key, uid)) this.#disown(uid, { orphan: false });
  }

  /** The uid of an owner may belong to anything; it is there as long as some dependent's reference leads to it. */
  #exists(key: Key, uid: string): boolean {
    const found = key.resource === "" ? undefined : this.#core.storage.get(key);
    if (found) return parse(found.text).metadata.uid === uid;
    return (
      key.resource === "" && this.#core.storage.dependentsOf(uid).some((dependent) => this.#refersTo(dependent, uid))
    );
  }

  #refersTo(dependent: Key, uid: string): boolean {
    const found = this.#core.storage.get(dependent);
    const owners = found ? (parse(found.text).metadata.ownerReferences ?? []) : [];
    return owners.some((owner) => owner.uid === uid && this.#ownerIsThere(owner, dependent.namespace));
  }

  #ownerIsThere(
    { apiVersion, kind, name, uid }: { apiVersion: string; kind: string; name: string; uid: string },
    namespace: string,
  ): boolean {
    const resource = this.#core.registry.ofKind(groupOf(apiVersion), kind);
    // What this server does not have it cannot judge.
    if (!resource) return true;
    const found = this.#core.storage.get({
      resource: resource.storedAs,
      namespace: resource.namespaced ? namespace : "",
      name,
    });
    return found !== undefined && parse(found.text).metadata.uid === uid;
  }

  /** `Foreground`: dependents first. `Orphan`: they lose their owner. Then the object may go. */
  #release(target: Target, object: ApiObject): void {
    const { uid = "", finalizers = [] } = object.metadata;
    if (finalizers.includes(finalizerOf.Orphan)) {
      this.#disown(uid, { orphan: true });
      this.#dropFinalizer(target, finalizerOf.Orphan);
    }
    if (!finalizers.includes(finalizerOf.Foreground)) return;
    this.#disown(uid, { orphan: false });
    const blocking = this.#core.storage.dependentsOf(uid).some((key) => {
      const found = this.#core.storage.get(key);
      return (
        found &&
        (parse(found.text).metadata.ownerReferences ?? []).some(
          (owner) => owner.uid === uid && owner.blockOwnerDeletion,
        )
      );
    });
    if (!blocking) this.#dropFinalizer(target, finalizerOf.Foreground);
  }

  #dropFinalizer(target: Target, finalizer: string): void {
    const before = load(this.#core, target);
    if (!before) return;
    const finalizers = (before.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    this.#change(target, before, { ...before, metadata: { ...before.metadata, finalizers } });
  }

  /** Dependents go with their last owner; `orphan` lets them live without this one. */
  #disown(uid: string, { orphan }: { orphan: boolean }): void {
    for (const key of this.#core.storage.dependentsOf(uid)) {
      const target = this.#targetOf(key);
      const before = target && load(this.#core, target);
      if (!target || !before) continue;
      const others = (before.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      if (!orphan && !others.some((owner) => this.#ownerIsThere(owner, key.namespace)))
        remove(this.#core, target, inBackground);
      else this.#change(target, before, { ...before, metadata: { ...before.metadata, ownerReferences: others } });
    }
  }

  /** Deletes what is in a namespace; when nothing is left, the namespace goes. */
  async #empty(target: Target, namespace: ApiObject): Promise<void> {
    const { storage, registry } = this.#core;
    for (const resource of registry.stored.filter(({ namespaced }) => namespaced)) {
      let after = { namespace: target.name, name: "" };
      for (;;) {
        const rows = storage.page({ resource: resource.storedAs, namespace: target.name, after, limit: atOnce });
        for (const { name, namespace: of } of rows) remove(this.#core, { resource, namespace: of, name }, inBackground);
        if (rows.length < atOnce || this.#closed) break;
        after = rows.at(-1) as typeof after;
        await setImmediate();
      }
    }
    const isEmpty = registry.stored.every(
      ({ storedAs, namespaced }) =>
        !namespaced || storage.page({ resource: storedAs, namespace: target.name, limit: 1 }).length === 0,
    );
    if (!isEmpty) return;
    const finalizers = ((fieldsAt(namespace, "spec").finalizers ?? []) as string[]).filter(
      (name) => name !== "kubernetes",
    );
    const after = { ...namespace, spec: { ...fieldsAt(namespace, "spec"), finalizers } };
    if (isFinished(after)) put(this.#core, target, { type: "DELETED", object: after });
    else this.#change(target, namespace, after);
  }

  #change(target: Target, before: ApiObject, after: ApiObject): void {
    update(this.#core, target, { before, after, refuse: (problem) => new TypeError(problem) }, quiet);
  }

  #targetOf({ resource: storedAs, namespace, name }: Key): Target | undefined {
    const resource = this.#core.registry.stored.find((of) => of.storedAs === storedAs);
    return resource && { resource, namespace, name };
  }
}

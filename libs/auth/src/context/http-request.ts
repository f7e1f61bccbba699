/** The little of a request that authentication reads: true of Express and of Fastify. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly ip?: string | undefined;
  readonly body?: unknown;
  readonly socket?:
    { readonly destroyed?: boolean | undefined; readonly remoteAddress?: string | undefined } | undefined;
  /** Fastify: Node's own request. */
  readonly raw?: object | undefined;
}

/** The little of a response that we write: true of Express and of Fastify. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
}

interface NodeResponse {
  setHeader(name: string, value: string): unknown;
}

/** Sets a header. A guard of a route that Fastify serves as middleware gets Node's own response. */
export function setHeader(response: HttpResponse | NodeResponse, name: string, value: string): void {
  if ('header' in response) response.header(name, value);
  else response.setHeader(name, value);
}

const arrivals = new WeakMap<object, number>();

/** Notes when a request arrived, by the monotonic clock; `request` is Node's own. */
export function noteArrival(request: object): void {
  arrivals.set(request, performance.now());
}

/** When the request arrived, by the monotonic clock; now, where it was not noted. */
export function arrivalOf(request: HttpRequest): number {
  return arrivals.get(request.raw ?? request) ?? performance.now();
}

const forms = new WeakMap<object, Readonly<Record<string, string>>>();

/** Keeps the fields of a form that was read strictly; `request` is Node's own. */
export function noteForm(request: object, fields: unknown): void {
  forms.set(request, (fields ?? {}) as Readonly<Record<string, string>>);
}

/** The fields of a form that was read strictly, or `undefined`. */
export function formOf(request: HttpRequest): Readonly<Record<string, string>> | undefined {
  return forms.get(request.raw ?? request);
}

/** One header as text: the first, when a client sent several. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers?.[name];
  return Array.isArray(value) ? value[0] : value;
}

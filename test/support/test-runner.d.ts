/** What test runners and supertest give to the tests of the documentation, which are compiled without them. */
declare const describe: (typeof import('@jest/globals'))['describe'];
declare const it: (typeof import('@jest/globals'))['it'];
declare const expect: (typeof import('@jest/globals'))['expect'];
declare const beforeAll: (typeof import('@jest/globals'))['beforeAll'];
declare const beforeEach: (typeof import('@jest/globals'))['beforeEach'];
declare const afterAll: (typeof import('@jest/globals'))['afterAll'];

declare module 'supertest/types.js' {
  export type App = import('node:http').Server;
}

/** As much of `@types/supertest` as is used. */
declare module 'supertest' {
  namespace request {
    interface Response {
      headers: Record<string, string>;
      body: any;
    }
    interface Test extends Promise<Response> {
      url: string;
      set(name: string, value: string): this;
      set(headers: object): this;
      send(body: object): this;
      expect(status: number, body?: unknown): this;
      on(event: string, listener: (response: Response) => void): this;
    }
    interface Agent {
      get(path: string): Test;
      post(path: string): Test;
      delete(path: string): Test;
      use(plugin: (request: Test) => void): this;
    }
    function agent(server: object): Agent;
  }
  function request(server: object): request.Agent;
  export default request;
}

/** As much of `@types/pg` as the documentation uses, which is compiled without it. */
declare module 'pg' {
  namespace pg {
    interface PoolConfig {
      connectionString?: string;
      max?: number;
      connectionTimeoutMillis?: number;
      statement_timeout?: number;
      query_timeout?: number;
      types?: object;
    }
    interface QueryResult {
      rows: any[];
      rowCount: number | null;
    }
    class PoolClient {
      query(text: string, values?: unknown[]): Promise<QueryResult>;
      on(event: 'error', listener: (error: Error) => void): this;
      off(event: 'error', listener: (error: Error) => void): this;
      release(destroy?: boolean): void;
    }
    class Client {
      constructor(config: PoolConfig);
    }
    class Pool {
      readonly totalCount: number;
      constructor(config: PoolConfig);
      query(text: string, values?: unknown[]): Promise<QueryResult>;
      connect(): Promise<PoolClient>;
      on(event: 'error', listener: (error: Error) => void): this;
      end(): Promise<void>;
    }
  }
  export default pg;
}

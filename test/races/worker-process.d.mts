export declare class WorkerProcess {
  constructor(script: string);
  send<T>(calls: readonly (readonly unknown[])[], at?: number): Promise<T>;
  stop(): Promise<void>;
}

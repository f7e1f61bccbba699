export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

export declare function processTree(root: number): RunningProcess[];
export declare function signalTree(root: number, signal: NodeJS.Signals): void;
export declare function killTree(root: number): void;

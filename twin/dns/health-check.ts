// What a health check is told to do. Only kinds that the twin can make real: an endpoint that is asked over HTTP(S) or
// TCP, and a calculation over other health checks. CloudWatch and ARC kinds are refused where they would come in.

interface Switches {
  readonly id: string;
  readonly inverted: boolean;
  readonly disabled: boolean;
}

export interface EndpointCheck extends Switches {
  readonly kind: 'HTTP' | 'HTTPS' | 'TCP';
  readonly address: string;
  readonly port: number;
  /** HTTP only. */
  readonly path: string;
  /** The Host header; the address when absent. */
  readonly hostName?: string;
  readonly requestIntervalSeconds: 10 | 30;
  readonly failureThreshold: number;
}

export interface CalculatedCheck extends Switches {
  readonly kind: 'CALCULATED';
  readonly children: readonly string[];
  readonly healthThreshold: number;
}

export type HealthCheck = EndpointCheck | CalculatedCheck;
export type HealthStatus = 'healthy' | 'unhealthy';

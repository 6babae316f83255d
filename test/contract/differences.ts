// Where an endpoint answers otherwise than AWS, by its documentation, would. Such a case is run all the same and must fail: when the
// endpoint learns it, the entry has to go. docs/fidelity.md tells them to people.
export interface Difference {
  /** The full name of the case within the contract. */
  readonly case: string;
  readonly aws: string;
  readonly here: string;
}

export const MOTO: readonly Difference[] = [
  {
    case: 'database: the promoted replica ends as a writer of its own',
    aws: 'a promoted instance has no `ReadReplicaSourceDBInstanceIdentifier` (Amazon RDS guide, promoting a read replica)',
    here: 'moto 5.2.5 takes the call, but goes on to name the source in `DescribeDBInstances`',
  },
  {
    case: 'workflows: an answer that nobody waits for is a clear no, without the token in it',
    aws: '`SendTaskSuccess` with a token of no waiting task answers `TaskDoesNotExist`, `TaskTimedOut` or `InvalidToken` (Step Functions API reference)',
    here: 'moto 5.2.5 takes any token',
  },
  {
    case: 'alarms: what rings is told by prefix and by name, what is calm is not, and what is not there counts as ringing',
    aws: 'CloudWatch takes JSON, which the SDK for JavaScript sends, as well as the older Query protocol (Smithy model of CloudWatch, `awsJson1_0`)',
    here: 'moto 5.2.5 knows the Query protocol only and answers JSON with a page of HTML and status 500',
  },
  {
    case: 'database: promotes nothing that is not there',
    aws: '`PromoteReadReplica` of an unknown instance answers `DBInstanceNotFound`, status 404 (Amazon RDS API reference)',
    here: 'moto 5.2.5 breaks with a page of HTML and status 500, which the adapter rightly takes for "try again"',
  },
  {
    case: 'capacity: auto-scaling-group: beyond its own bound is a clear no',
    aws: '`SetDesiredCapacity` above `MaxSize` answers `ValidationError` (EC2 Auto Scaling guide, set the desired capacity manually)',
    here: 'moto 5.2.5 takes it',
  },
  {
    case: 'capacity: lambda-concurrency: the count is absolute, and its own bound is told',
    aws: '`PutProvisionedConcurrencyConfig` and `GetProvisionedConcurrencyConfig` (Lambda API reference)',
    here: 'moto 5.2.5 knows neither and answers with a page of HTML',
  },
  {
    case: 'capacity: lambda-concurrency: what is not there is a clear no',
    aws: 'an unknown function or alias answers `ResourceNotFoundException` (Lambda API reference)',
    here: 'moto 5.2.5 answers with a page of HTML',
  },
  {
    case: 'capacity: scaling-minimum: beyond its own bound is a clear no',
    aws: '`RegisterScalableTarget` with a minimum above the maximum answers `ValidationException` (Application Auto Scaling API reference)',
    here: 'moto 5.2.5 takes it',
  },
  {
    case: 'records: a bucket of another account takes nothing',
    aws: 'a request with `x-amz-expected-bucket-owner` of another account answers `AccessDenied`, status 403 (S3 guide, verifying bucket ownership)',
    here: 'moto 5.2.5 does not look at the header',
  },
];

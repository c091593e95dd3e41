/** The versions of what is built for the peers' tests; Debian's packages have the version of the machine's Debian. */

export const go = {
  // The suite has no versions of its own: the newest of its main branch, and that of the specification's tag v1.1.1.
  conformance: 'github.com/opencontainers/distribution-spec/conformance@v0.0.0-20260716174315-967efdc079b9',
  conformance111:
    'github.com/opencontainers/distribution-spec/conformance@v0.0.0-20250123160558-a139cc423184',
  crane: 'github.com/google/go-containerregistry/cmd/crane@v0.22.1',
  credentialHelper:
    'github.com/awslabs/amazon-ecr-credential-helper/ecr-login/cli/docker-credential-ecr-login@v0.12.0',
  distribution: 'github.com/distribution/distribution/v3/cmd/registry@v3.1.2',
  olareg: 'github.com/olareg/olareg/cmd/olareg@v0.2.2',
  oras: 'oras.land/oras/cmd/oras@v1.3.3',
  regctl: 'github.com/regclient/regclient/cmd/regctl@v0.11.7',
} as const

export const python = {
  awscli: 'awscli==1.46.2',
  boto3: 'boto3==1.44.5',
  ministack: 'ministack==1.5.33',
  moto: ['moto[server]==5.2.5', 'pytest==9.2.0', 'freezegun==1.5.5'],
} as const

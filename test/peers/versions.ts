/** The versions of what is built for the peers' tests; Debian's packages have the version of the machine's Debian. */

export const go = {
  // The suite has no versions of its own: the newest of its main branch, and that of the specification's tag v1.1.1. The
  // public checksum database does not know them, so that their sums are kept here.
  conformance: {
    package: 'github.com/opencontainers/distribution-spec/conformance',
    module: 'github.com/opencontainers/distribution-spec/conformance',
    version: 'v0.0.0-20260716174315-967efdc079b9',
  },
  conformance111: {
    package: 'github.com/opencontainers/distribution-spec/conformance',
    module: 'github.com/opencontainers/distribution-spec/conformance',
    version: 'v0.0.0-20250123160558-a139cc423184',
    sums: {
      module: 'h1:7bNCAFy3pSZzsM+xTEhbhSKzYcVMVf/g8lT71MMlkjU=',
      goMod: 'h1:DOO4RzIigGVoAksLURsDbKHpJ8zX5eEQfsmkqY39yyE=',
    },
  },
  crane: {
    package: 'github.com/google/go-containerregistry/cmd/crane',
    module: 'github.com/google/go-containerregistry',
    version: 'v0.22.1',
  },
  credentialHelper: {
    package: 'github.com/awslabs/amazon-ecr-credential-helper/ecr-login/cli/docker-credential-ecr-login',
    module: 'github.com/awslabs/amazon-ecr-credential-helper/ecr-login',
    version: 'v0.12.0',
  },
  distribution: {
    package: 'github.com/distribution/distribution/v3/cmd/registry',
    module: 'github.com/distribution/distribution/v3',
    version: 'v3.1.2',
  },
  olareg: {
    package: 'github.com/olareg/olareg/cmd/olareg',
    module: 'github.com/olareg/olareg',
    version: 'v0.2.1',
  },
  oras: {package: 'oras.land/oras/cmd/oras', module: 'oras.land/oras', version: 'v1.3.2'},
  regctl: {
    package: 'github.com/regclient/regclient/cmd/regctl',
    module: 'github.com/regclient/regclient',
    version: 'v0.11.7',
  },
} as const

export const python = {
  awscli: 'awscli==1.46.2',
  boto3: 'boto3==1.44.5',
  ministack: 'ministack==1.5.33',
  moto: ['moto[server]==5.2.5', 'pytest==9.2.0', 'freezegun==1.5.5'],
} as const

export const sarifMultitool = `@microsoft/sarif-multitool-${process.platform}@5.7.0`

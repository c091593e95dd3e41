type Fields = Readonly<Record<string, unknown>>

/** A finding of Inspector's API as ECR passes it on; what ECR does not know is left to be dropped. */
export function fromInspector(finding: Fields): Fields {
  const {adjustedCvss: cvss} = fieldsOf(finding['inspectorScoreDetails'])
  return {
    ...finding,
    score: finding['inspectorScore'],
    ...(cvss === undefined ? {} : {scoreDetails: {cvss}}),
  }
}

/** A finding of Inspector in Security Hub's format (ASFF), as ECR has it. */
export function fromSecurityHub(finding: Fields): Fields {
  const [vulnerability = {}] = listOf(finding['Vulnerabilities'])
  const own = fieldsOf(finding['ProductFields'])
  const score = Number(own['aws/inspector/inspectorScore'] ?? Number.NaN)
  const {Text: text, Url: url} = fieldsOf(fieldsOf(finding['Remediation'])['Recommendation'])
  return {
    awsAccountId: finding['AwsAccountId'],
    findingArn: finding['Id'],
    title: finding['Title'],
    description: finding['Description'],
    severity: fieldsOf(finding['Severity'])['Label'],
    status: own['aws/inspector/FindingStatus'],
    type: 'PACKAGE_VULNERABILITY',
    ...(Number.isNaN(score) ? {} : {score}),
    firstObservedAt: finding['FirstObservedAt'],
    lastObservedAt: finding['LastObservedAt'],
    updatedAt: finding['UpdatedAt'],
    fixAvailable: vulnerability['FixAvailable'],
    exploitAvailable: vulnerability['ExploitAvailable'],
    remediation: {recommendation: {text, url}},
    packageVulnerabilityDetails: vulnerabilityOf(vulnerability),
    resources: listOf(finding['Resources']).map(resource => resourceOf(resource, own)),
  }
}

function vulnerabilityOf(vulnerability: Fields): Fields {
  const vendor = fieldsOf(vulnerability['Vendor'])
  return {
    vulnerabilityId: vulnerability['Id'],
    source: vendor['Name'],
    sourceUrl: vendor['Url'],
    vendorSeverity: vendor['VendorSeverity'],
    vendorCreatedAt: vendor['VendorCreatedAt'],
    vendorUpdatedAt: vendor['VendorUpdatedAt'],
    referenceUrls: vulnerability['ReferenceUrls'],
    relatedVulnerabilities: vulnerability['RelatedVulnerabilities'],
    cvss: listOf(vulnerability['Cvss']).map(cvss => ({
      baseScore: cvss['BaseScore'],
      scoringVector: cvss['BaseVector'],
      source: cvss['Source'],
      version: cvss['Version'],
    })),
    vulnerablePackages: listOf(vulnerability['VulnerablePackages']).map(of => ({
      arch: of['Architecture'],
      ...(of['Epoch'] === undefined ? {} : {epoch: Number(of['Epoch'])}),
      filePath: of['FilePath'],
      name: of['Name'],
      packageManager: of['PackageManager'],
      release: of['Release'],
      sourceLayerHash: of['SourceLayerHash'],
      version: of['Version'],
      fixedInVersion: of['FixedInVersion'],
    })),
  }
}

function resourceOf(resource: Fields, own: Fields): Fields {
  const image = fieldsOf(fieldsOf(resource['Details'])['AwsEcrContainerImage'])
  return {
    id: resource['Id'],
    tags: resource['Tags'],
    type: 'AWS_ECR_CONTAINER_IMAGE',
    details: {
      awsEcrContainerImage: {
        architecture: image['Architecture'],
        imageHash: image['ImageDigest'],
        imageTags: image['ImageTags'],
        platform: own['aws/inspector/resources/1/resourceDetails/awsEcrContainerImageDetails/platform'],
        pushedAt: image['ImagePublishedAt'],
        registry: image['RegistryId'],
        repositoryName: image['RepositoryName'],
      },
    },
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

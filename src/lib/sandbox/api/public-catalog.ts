import {createHash} from 'node:crypto'
import {EcrError} from '../ecr-error.ts'
import type {Repository} from '../state/repository.ts'
import type {RepositoryCatalogData, RepositoryCatalogDataInput} from './model/ecr-public.ts'
import type {EcrPublicHandlers} from './operation.ts'
import {publicRepositoryOf} from './public-registry.ts'

/** What the public gallery shows of repositories. */
export const publicCatalogOperations = {
  GetRepositoryCatalogData: (call, input) => {
    const repository = publicRepositoryOf(call, input)
    const catalogData = tableOf(repository).get('data')
    if (catalogData !== undefined) return {catalogData}
    const {name, account} = repository.id
    // The wording is unconfirmed.
    throw new EcrError(
      'RepositoryCatalogDataNotFoundException',
      `Catalog data does not exist for the repository with name '${name}' in the registry with id '${account}'`,
    )
  },

  PutRepositoryCatalogData: (call, input) => ({
    catalogData: keepCatalogData(publicRepositoryOf(call, input), input.catalogData),
  }),
} satisfies Partial<EcrPublicHandlers>

/** Replaces what is shown of a repository. The logo itself is not kept; what ECR's URLs of logos look like is unconfirmed. */
export function keepCatalogData(
  repository: Repository,
  {logoImageBlob: logo, ...texts}: RepositoryCatalogDataInput,
): RepositoryCatalogData {
  const id = logo === undefined ? undefined : createHash('sha256').update(logo).digest('hex')
  const data: RepositoryCatalogData = {
    ...texts,
    ...(id === undefined ? {} : {logoUrl: `https://public.ecr.aws/logo/${id}`}),
    marketplaceCertified: false,
  }
  tableOf(repository).set('data', data)
  return data
}

function tableOf(repository: Repository) {
  return repository.table<RepositoryCatalogData>('public-catalog')
}

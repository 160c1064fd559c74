/** The folder is not the one that the database's records refer to. The message says what to do. */
export class ArtifactFolderError extends Error {
  override readonly name = 'ArtifactFolderError';
}

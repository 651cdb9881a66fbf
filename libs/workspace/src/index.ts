export {
  configFileOf,
  loadWorkspace,
  type Workspace,
  type WorkspaceOptions,
  type WorkspaceReading,
} from './load-workspace.js';
export { shownPath } from './shown-path.js';
export { readDialogFolder } from './dialog-folder.js';
export { describeProblem, type Problem } from './problem.js';
export { readActions, type ReadActions } from './read-actions.js';

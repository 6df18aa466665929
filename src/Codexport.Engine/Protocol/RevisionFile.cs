using Codexport.Engine.Content;

namespace Codexport.Engine.Protocol;

/// <summary>One file of a revision.</summary>
/// <param name="Path">Relative path below the Codex home, components separated by <c>/</c>, in Unicode form C.</param>
/// <param name="IsExecutable">Mode <c>executable</c> rather than <c>file</c>.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Hash">SHA-256 of the content.</param>
public sealed record RevisionFile(string Path, bool IsExecutable, long Size, Sha256Hash Hash);

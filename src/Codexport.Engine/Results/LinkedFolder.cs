namespace Codexport.Engine.Results;

/// <summary>A folder outside the Codex home that links lead into; nothing of it leaves before it is listed under <c>roots</c>.</summary>
/// <param name="Folder">What to list; below the user's home it begins with <c>~/</c>.</param>
/// <param name="Links">The links that lead into it, as paths of the Codex home.</param>
public sealed record LinkedFolder(string Folder, IReadOnlyList<string> Links);

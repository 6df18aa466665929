namespace Codexport.Engine.Content;

/// <summary>The fact of an error: a kept content is missing, or is not what its hash says.</summary>
/// <param name="Hash">The content's hash.</param>
internal sealed record DamagedContent(Sha256Hash Hash);

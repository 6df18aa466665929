using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Apply;

/// <summary>Kept contents that are not what their hash says: a sync fetches them anew.</summary>
internal static class ContentDamage
{
    /// <summary>The error.</summary>
    /// <param name="store">The folder of the store.</param>
    /// <param name="hash">The content's hash.</param>
    /// <param name="what">What it is, as the error's message names it.</param>
    /// <param name="target">What the error is about.</param>
    public static CodexportException Of(string store, Sha256Hash hash, string what, string? target = null) => new(
        ErrorCode.StateDamaged,
        $"The store of contents '{store}' is damaged: {what} is not what its hash {hash} says.",
        "Run 'codexport sync --apply'; the content is fetched anew.",
        target)
    {
        Details = [new("content", hash.ToString())],
        Fact = new DamagedContent(hash),
    };
}

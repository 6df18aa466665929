using Codexport.Engine.Errors;

namespace Codexport.Engine.Content;

/// <summary>Where contents are found by their hash.</summary>
public interface IContentStore
{
    /// <summary>Whether the content is here.</summary>
    bool Contains(Sha256Hash hash);

    /// <summary>Opens the content for reading. <see cref="ErrorCode.StateDamaged"/> when it is not here.</summary>
    Stream OpenRead(Sha256Hash hash);
}

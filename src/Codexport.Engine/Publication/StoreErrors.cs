using Codexport.Engine.Errors;

namespace Codexport.Engine.Publication;

/// <summary>What can go wrong between a master and a store, as typed errors.</summary>
public static class StoreErrors
{
    /// <summary>Another master publishes there.</summary>
    public static CodexportException Conflict(string store) => new(
        ErrorCode.PublicationConflict,
        $"Another master, or another copy of this one, has published to '{store}' meanwhile.",
        "Let one master alone publish there. If this is the one, run 'codexport master publish TARGET --take-over'.",
        store);

    /// <summary>What lies there was put there by somebody else.</summary>
    /// <param name="store">The store.</param>
    /// <param name="what">Whose it is, as the end of a sentence.</param>
    public static CodexportException Foreign(string store, string what) => new(
        ErrorCode.PublicationConflict,
        $"'{store}' holds a publication that this master has not put there: {what}.",
        "Publish to a place of its own, or take this one over with 'codexport master publish TARGET --take-over'.",
        store);

    /// <summary>A store cannot be reached, or refuses.</summary>
    /// <param name="store">The store.</param>
    /// <param name="what">What was tried, as the beginning of a sentence.</param>
    /// <param name="cause">What it said; never a credential.</param>
    /// <param name="isPassing">Whether trying again may help.</param>
    public static CodexportException Failed(string store, string what, Exception cause, bool isPassing)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return new(
            ErrorCode.StoreFailed,
            $"{what} '{store}' failed: {cause.Message}",
            "Check the address, the network, the credentials and their rights; what was published before stays readable.",
            store,
            cause)
        {
            IsPassing = isPassing,
        };
    }
}

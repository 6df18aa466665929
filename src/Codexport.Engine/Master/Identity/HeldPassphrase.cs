using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Identity;

/// <summary>The characters of a passphrase, wiped when it is disposed.</summary>
public sealed class HeldPassphrase : IDisposable
{
    private readonly char[] _characters;

    private HeldPassphrase(char[] characters) => _characters = characters;

    /// <summary>The characters.</summary>
    public ReadOnlyMemory<char> Value => _characters;

    /// <summary>Takes what was typed or read.</summary>
    /// <param name="characters">Owned, and wiped, from now on.</param>
    /// <param name="isNew">Whether it is made up now: then it must be long enough.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static HeldPassphrase Take(char[] characters, bool isNew)
    {
        var passphrase = new HeldPassphrase(characters);
        try
        {
            IdentityPassphrase.RequireText(characters);
            if (isNew)
            {
                IdentityPassphrase.Require(characters);
            }

            return passphrase;
        }
        catch
        {
            passphrase.Dispose();
            throw;
        }
    }

    /// <summary>Compares what was typed twice and wipes the second; the first too, if they differ.</summary>
    /// <returns>The first.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static char[] RequireSame(char[] first, char[] second)
    {
        var areSame = first.AsSpan().SequenceEqual(second);
        Array.Clear(second);
        if (areSame)
        {
            return first;
        }

        Array.Clear(first);
        throw new CodexportException(ErrorCode.InvalidUsage, "The two passphrases are not the same.", "Nothing was written. Try again.");
    }

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(_characters);
}

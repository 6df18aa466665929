namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// How one edit is taken back byte for byte, also when somebody has changed other places of the file since: what stood at the edited
/// place, and what was put there.
/// </summary>
/// <param name="Existed">Whether there was a file.</param>
/// <param name="Before">What stood there.</param>
/// <param name="After">What was put there.</param>
internal sealed record TextPatch(bool Existed, byte[] Before, byte[] After)
{
    /// <summary>The patch between two contents.</summary>
    public static TextPatch Between(byte[]? before, byte[] after)
    {
        var old = before ?? [];
        var prefix = old.AsSpan().CommonPrefixLength(after);
        var suffix = 0;
        while (suffix < Math.Min(old.Length, after.Length) - prefix && old[^(suffix + 1)] == after[^(suffix + 1)])
        {
            suffix++;
        }

        return new TextPatch(before is not null, old[prefix..(old.Length - suffix)], after[prefix..(after.Length - suffix)]);
    }

    /// <summary>Takes the edit back; false when its place cannot be told any more.</summary>
    /// <param name="content">The file as it is now.</param>
    /// <param name="result">The file without the edit; null when it shall not be there at all.</param>
    public bool TryRevert(byte[] content, out byte[]? result)
    {
        result = content;
        if (After.Length == 0)
        {
            return Before.Length == 0;
        }

        var at = content.AsSpan().IndexOf(After);
        if (at < 0 || content.AsSpan(at + 1).IndexOf(After) >= 0)
        {
            return false;
        }

        byte[] reverted = [.. content[..at], .. Before, .. content[(at + After.Length)..]];
        result = !Existed && reverted.AsSpan().Trim(" \t\r\n"u8).IsEmpty ? null : reverted;
        return true;
    }
}

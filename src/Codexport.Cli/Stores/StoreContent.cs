using System.Globalization;
using Codexport.Engine.Publication;

namespace Codexport.Cli.Stores;

/// <summary>Reads what a service sends, up to a limit.</summary>
internal static class StoreContent
{
    /// <summary>Reads all of it.</summary>
    public static async Task<byte[]> ReadAsync(string store, Stream content, long length, int limit, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (var count = await content.ReadAsync(buffer, cancellationToken); count > 0; count = await content.ReadAsync(buffer, cancellationToken))
        {
            all.Write(buffer, 0, count);
            if (all.Length > limit || length > limit)
            {
                throw StoreErrors.Failed(
                    store, "Reading from", new IOException(string.Create(CultureInfo.InvariantCulture, $"What lies there is longer than {limit} bytes.")), isPassing: false);
            }
        }

        return all.ToArray();
    }
}

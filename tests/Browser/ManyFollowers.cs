using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Results;
using Codexport.Tests.Master;

namespace Codexport.Tests.Browser;

/// <summary>A book of very many followers in all states, as years would leave it.</summary>
internal static class ManyFollowers
{
    private static readonly string[] Platforms = ["linux", "macos", "windows"];

    /// <summary>Writes it, with a history of syncs for each.</summary>
    public static void Write(MasterHome home, int count, string revision, string old)
    {
        var now = DateTimeOffset.UtcNow;
        var records = Enumerable.Range(0, count).Select(number => new FollowerRecord
        {
            Id = number.ToString("x12", CultureInfo.InvariantCulture),
            Name = string.Create(CultureInfo.InvariantCulture, $"{(number % 3 == 0 ? "laptop" : "server")}-{number:0000}"),
            State = number % 97 == 5 ? FollowerState.Revoked : number < 1 ? FollowerState.Pending : FollowerState.Approved,
            CredentialHash = number.ToString("x64", CultureInfo.InvariantCulture),
            Address = string.Create(CultureInfo.InvariantCulture, $"100.64.{number / 250}.{number % 250}"),
            Platform = Platforms[number % 3],
            Version = "0.1.0",
            AppliedRevision = number < 1 ? null : number % 9 == 4 ? old : revision,
            JoinedAt = now.AddDays(-number % 300).AddHours(-1),
            LastSeen = number < 1 ? null : now.AddMinutes(-number * (number % 41 == 7 ? 20 : 1)),
            LastError = number % 83 == 11 ? nameof(ErrorCode.DriftRefused) : null,
        }).ToArray();
        new FollowerBookFile(home.Context).Write(records);
        var syncs = new SyncHistory(home.Context);
        foreach (var record in records.Where(record => record.State == FollowerState.Approved))
        {
            var number = int.Parse(record.Id, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (var sync = 0; sync < 4 + (number % 17); sync++)
            {
                var failed = (number + sync) % 23 == 3;
                syncs.Note(record.Id, failed ? null : revision, failed ? 0 : 800L << ((number + sync) * 7 % 13), failed ? nameof(ErrorCode.DriftRefused) : null);
            }
        }

        syncs.Flush([.. records.Select(record => record.Id)]);
    }
}

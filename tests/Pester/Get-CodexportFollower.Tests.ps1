param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    Initialize-CodexportMaster -HomePath $master
    $server = Start-TestMaster $ProgramPath $master

    # Nobody listens at the first address, so the follower goes to the second.
    $link = New-CodexportJoinLink 127.0.0.2, 127.0.0.1 -Port $server.Port -HomePath $master
    'one', 'two' | ForEach-Object {
        New-Item -ItemType Directory (Join-Path $TestDrive $_) | Out-Null
        Join-CodexportFollower $link.JoinLink -HomePath (Join-Path $TestDrive $_) | Out-Null
    }

    # What the server notes of followers is on disk at the latest when it ends.
    Set-Content $master/.codex/skills/one/SKILL.md 'second edition'
    Update-CodexportBundle -HomePath $master
    $deadline = (Get-Date).AddSeconds(30)
    do { $synced = Sync-CodexportFollower -HomePath $TestDrive/two } until ($synced.Status -eq 'Applied' -or (Get-Date) -gt $deadline)
    Stop-TestMaster $server
    $fleet = Get-CodexportFollower -HomePath $master
}

AfterAll { Stop-TestMaster $server }

Describe 'Get-CodexportFollower' {
    It 'shows first who is behind' {
        $fleet.RevisionsBehind | Should -Be 1, 0
        $fleet.Behind | Should -Be '1', '0'
        $fleet.State | Should -Be 'Approved', 'Approved'
        $fleet[0].AppliedRevision | Should -Not -Be $fleet[1].AppliedRevision
        $fleet[1].AppliedRevision | Should -Be $synced.Revision
    }

    It 'has a table of five columns and a list of all' {
        ($fleet | Out-String -Width 200).Trim().Split("`n")[0] -split '\s+' | Where-Object { $_ } | Should -Be 'Name', 'State', 'Behind', 'LastSeen', 'LastError'
        $detail = $fleet[0] | Format-List | Out-String -Width 200
        foreach ($field in 'Id', 'Address', 'Platform', 'Version', 'AppliedRevision', 'JoinedAt') { $detail | Should -BeLike "*$field*" }
    }

    It 'gives what the program prints' {
        $printed = (& $ProgramPath master followers --json --home $master | ConvertFrom-Json).followers
        $printed.id | Should -Be $fleet.Id
        $printed.behind | Should -Be $fleet.Behind
        & $ProgramPath master followers --home $master | Out-String | Should -BeLike "*($($fleet[0].Id))*"
        & $ProgramPath master followers show $fleet[0].Id --home $master | Out-String | Should -BeLike "*$($fleet[0].AppliedRevision)*"
        & $ProgramPath master followers show nobody --home $master 2>&1 | Out-Null
        $LASTEXITCODE | Should -Be 1
    }

    It 'puts last who was shut out' {
        Revoke-CodexportFollower $fleet[0].Id -HomePath $master -Confirm:$false
        (Get-CodexportFollower -HomePath $master).Id | Should -Be $fleet[1].Id, $fleet[0].Id
    }
}

param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportFollower' {
    It 'lists who follows' {
        $known = Get-CodexportFollower -HomePath $master.Home
        @($known).Count | Should -Be 1
        $known.Name | Should -Be ([Environment]::MachineName)
        $known.State | Should -Be 'Approved'
        $known.JoinedAt | Should -BeOfType [DateTime]
        $known.JoinedAt.Kind | Should -Be 'Local'
        [Math]::Abs(((Get-Date) - $known.JoinedAt).TotalMinutes) | Should -BeLessThan 10
    }

    It 'takes wildcards' {
        $name = [Environment]::MachineName
        @(Get-CodexportFollower "$($name.Substring(0, 1))*" -HomePath $master.Home).Count | Should -Be 1
        Get-CodexportFollower "no-$name*" -HomePath $master.Home | Should -BeNullOrEmpty
    }

    It 'completes names' {
        foreach ($cmdlet in 'Get', 'Approve', 'Revoke') {
            $line = "$cmdlet-CodexportFollower -HomePath '$($master.Home)' -Name "
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be ([Environment]::MachineName)
        }
    }

    It 'changes nothing' {
        Stop-TestMaster $master.Server
        $before = Get-Snapshot $TestDrive
        Get-CodexportFollower -HomePath $master.Home | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Get-CodexportFollower -HomePath $master.Home) (Get-ProgramJson $ProgramPath $master.Home 'master', 'followers').followers
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportFollower -HomePath $master.Home) 'Codexport.Engine.Results.FollowerInfo' -Without BehindMoreThan, RevisionsBehind
    }

    It 'needs a master' {
        Assert-Error (Get-ErrorOf { Get-CodexportFollower -HomePath $follower }) 'Get-CodexportFollower' 'NotMaster' 'InvalidOperation' (Join-Path $follower '.codexport')
    }
}

Describe 'a fleet' {
    BeforeAll {
        $fleetMaster = New-TestMasterHome (Join-Path $TestDrive 'fleet master')
        $server = Start-TestMaster $ProgramPath $fleetMaster

        # Nobody listens at the first address, so the follower goes to the second.
        $link = New-CodexportJoinLink 127.0.0.2, 127.0.0.1 -Port $server.Port -HomePath $fleetMaster
        'one', 'two' | ForEach-Object {
            New-Item -ItemType Directory (Join-Path $TestDrive $_) | Out-Null
            Join-CodexportFollower $link.JoinLink -HomePath (Join-Path $TestDrive $_) | Out-Null
        }

        # What the server notes of followers is on disk at the latest when it ends.
        Set-Content $fleetMaster/.codex/skills/one/SKILL.md 'second edition'
        Update-CodexportBundle -HomePath $fleetMaster
        Wait-Until { $script:synced = Sync-CodexportFollower -HomePath $TestDrive/two; $synced.Status -eq 'Applied' }
        Stop-TestMaster $server
        $fleet = Get-CodexportFollower -HomePath $fleetMaster
    }

    AfterAll { Stop-TestMaster $server }

    It 'shows first who is behind' {
        $fleet.RevisionsBehind | Should -Be 1, 0
        $fleet.Behind | Should -Be 1, 0
        $fleet.Behind | Should -BeOfType [int]
        @($fleet | Where-Object Behind -GT 0).Count | Should -Be 1
        (Get-Date) - $fleet[0].LastSeen | Should -BeOfType [timespan]
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
        $printed = (& $ProgramPath master followers --json --home $fleetMaster | ConvertFrom-Json).followers
        $printed.id | Should -Be $fleet.Id
        $printed.behind | Should -Be $fleet.Behind
        & $ProgramPath master followers --home $fleetMaster | Out-String | Should -BeLike "*($($fleet[0].Id))*"
        & $ProgramPath master followers show $fleet[0].Id --home $fleetMaster | Out-String | Should -BeLike "*$($fleet[0].AppliedRevision)*"
        & $ProgramPath master followers show nobody --home $fleetMaster 2>&1 | Out-Null
        $LASTEXITCODE | Should -Be 1
    }

    It 'takes an id, and says that a name or id is not there' {
        (Get-CodexportFollower $fleet[1].Id -HomePath $fleetMaster).Id | Should -Be $fleet[1].Id
        (Get-CodexportFollower $fleet[0].Name -HomePath $fleetMaster).Id | Should -Be $fleet.Id
        Get-CodexportFollower nobody* -HomePath $fleetMaster | Should -BeNullOrEmpty
        (Get-CodexportFollower $fleet[1].Id, "$($fleet[0].Id.Substring(0, 4))*" -HomePath $fleetMaster).Id | Should -Be $fleet[1].Id, $fleet[0].Id
        Assert-Error (Get-ErrorOf { Get-CodexportFollower nobody -HomePath $fleetMaster }) 'Get-CodexportFollower' 'FollowerNotFound' 'ObjectNotFound' 'nobody'
    }

    It 'goes on after a name that is not there, in silence where that is asked for' {
        $found = Get-CodexportFollower nobody, $fleet[1].Id -HomePath $fleetMaster -ErrorAction SilentlyContinue -ErrorVariable failures
        $found.Id | Should -Be $fleet[1].Id
        $failures.FullyQualifiedErrorId | Should -BeLike 'FollowerNotFound,*'
        { Get-CodexportFollower nobody -HomePath $fleetMaster -ErrorAction Ignore } | Should -Not -Throw
        { Revoke-CodexportFollower nobody -HomePath $fleetMaster -Confirm:$false -ErrorAction Ignore } | Should -Not -Throw
    }

    It 'completes to the id where a name stands for several' {
        Get-Completion "Revoke-CodexportFollower -HomePath '$fleetMaster' -Name " | Sort-Object | Should -Be ($fleet.Id | Sort-Object)
    }

    It 'shows a number as words where that is all that is known' {
        $type = $fleet[0].GetType()
        $lost = $type.GetConstructors()[0].Invoke(@('id', 'lost', $fleet[0].State, '', 'linux', '0', 'a', $null, [datetime]::Now, $null, $null))
        $type.GetProperty('BehindMoreThan').SetValue($lost, 19)
        $lost.Behind | Should -Be 20
        $lost | Format-Table | Out-String | Should -Match '> 19'
    }

    It 'puts last who was shut out, one of two of the same name' {
        $fleet[0] | Revoke-CodexportFollower -HomePath $fleetMaster -Confirm:$false
        (Get-CodexportFollower -HomePath $fleetMaster).Id | Should -Be $fleet[1].Id, $fleet[0].Id
    }
}
